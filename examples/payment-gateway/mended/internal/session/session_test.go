package session

import (
	"errors"
	"fmt"
	"sync"
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

func TestRotateFromManyGoroutines(t *testing.T) {
	store := NewStore()
	store.Open("t0", "shop")
	var wait sync.WaitGroup
	for i := 0; i < 50; i++ {
		wait.Add(1)
		go func(i int) {
			defer wait.Done()
			_ = store.Rotate("t0", fmt.Sprintf("t%d", i+1))
		}(i)
	}
	wait.Wait()
	if err := store.Rotate("t0", "x"); !errors.Is(err, ErrUnknown) {
		t.Fatalf("t0 was rotated twice: %v", err)
	}
}
