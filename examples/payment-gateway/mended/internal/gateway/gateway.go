// Package gateway is the HTTP side of the service.
package gateway

import (
	"fmt"
	"net/http"
	"strconv"

	"example.com/audit"
	"example.com/ledger"

	"example.com/payment-gateway/internal/session"
)

type gateway struct {
	sessions *session.Store
	book     *ledger.Book
}

// New returns the handler of the service.
func New(sessions *session.Store) http.Handler {
	g := &gateway{sessions: sessions, book: ledger.NewBook()}
	mux := http.NewServeMux()
	mux.HandleFunc("/pay", g.pay)
	return mux
}

func (g *gateway) pay(w http.ResponseWriter, r *http.Request) {
	found, err := g.sessions.Find(r.FormValue("token"))
	if err != nil {
		http.Error(w, "sign in first", http.StatusUnauthorized)
		return
	}
	cents, err := strconv.ParseInt(r.FormValue("cents"), 10, 64)
	if err != nil {
		http.Error(w, "cents must be a whole number", http.StatusBadRequest)
		return
	}
	entry, err := g.book.Post(found.Merchant, cents)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	audit.Event(found.Merchant, "paid")
	fmt.Fprintf(w, "booked %d as %d\n", entry.Cents, entry.Number)
}
