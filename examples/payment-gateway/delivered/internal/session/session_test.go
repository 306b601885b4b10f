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
