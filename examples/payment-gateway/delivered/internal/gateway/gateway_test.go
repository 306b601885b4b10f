package gateway

import (
	"testing"

	"example.com/payment-gateway/internal/session"
)

func TestNew(t *testing.T) {
	if New(session.NewStore()) == nil {
		t.Fatal("no handler")
	}
}
