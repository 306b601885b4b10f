package session

import (
	"fmt"
	"sync"
	"testing"
)

func TestRotate(t *testing.T) {
	for round := 0; round < 200; round++ {
		rotateAtOnce(fmt.Sprintf("r%d-", round))
	}
}

func rotateAtOnce(prefix string) {
	store, start := NewStore(), make(chan struct{})
	store.Open(prefix, "shop")
	var wait sync.WaitGroup
	for i := 0; i < 8; i++ {
		wait.Add(1)
		go func(i int) {
			defer wait.Done()
			<-start
			_ = store.Rotate(prefix, fmt.Sprint(prefix, i))
		}(i)
	}
	close(start)
	wait.Wait()
}

func TestRotateWhileInUse(t *testing.T) {
	store, done := NewStore(), make(chan error)
	store.Open("t", "shop")
	inUse, err := store.Find("t")
	if err != nil {
		t.Fatal(err)
	}
	go func() { done <- store.Rotate("t", "u") }()
	if inUse.Payments > 1 {
		t.Errorf("%d payments, want 1 at most", inUse.Payments)
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
}
