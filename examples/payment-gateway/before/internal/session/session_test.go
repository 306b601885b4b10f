package session

import (
	"errors"
	"testing"
)

func TestFind(t *testing.T) {
	store := NewStore()
	store.Open("t", "shop")
	found, err := store.Find("t")
	if err != nil || found.Merchant != "shop" {
		t.Fatalf("Find = %+v, %v", found, err)
	}
	if _, err := store.Find("other"); !errors.Is(err, ErrUnknown) {
		t.Fatalf("Find of an unknown token: %v", err)
	}
}
