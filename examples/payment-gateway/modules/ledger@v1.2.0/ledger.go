// Package ledger is a toy: it books amounts in memory.
package ledger

import "sync"

// Entry is one booking.
type Entry struct {
	Number int
	Owner  string
	Cents  int64
}

// Book is a list of bookings.
type Book struct {
	mu      sync.Mutex
	entries []Entry
}

// NewBook returns an empty book.
func NewBook() *Book { return &Book{} }

// Post books cents for owner.
func (b *Book) Post(owner string, cents int64) (Entry, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	entry := Entry{Number: len(b.entries) + 1, Owner: owner, Cents: cents}
	b.entries = append(b.entries, entry)
	return entry, nil
}
