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

// Store holds sessions by token. Its methods may be called from several goroutines.
type Store struct {
	mu       sync.Mutex
	sessions map[string]*Session
}

// NewStore returns an empty store.
func NewStore() *Store {
	return &Store{sessions: make(map[string]*Session)}
}

// Open starts a session for merchant under token.
func (s *Store) Open(token, merchant string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sessions[token] = &Session{Merchant: merchant}
}

// Find returns a copy of the session of token.
func (s *Store) Find(token string) (Session, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	found, ok := s.sessions[token]
	if !ok {
		return Session{}, ErrUnknown
	}
	return *found, nil
}

// Rotate moves the session of old to the token next and counts a payment, in one step.
func (s *Store) Rotate(old, next string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	found, ok := s.sessions[old]
	if !ok {
		return ErrUnknown
	}
	delete(s.sessions, old)
	found.Payments++
	s.sessions[next] = found
	return nil
}
