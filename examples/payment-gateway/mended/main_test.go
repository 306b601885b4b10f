package main

import "testing"

func TestServeTellsABadAddress(t *testing.T) {
	if err := serve("no such address"); err == nil {
		t.Fatal("serve accepted an address that is none")
	}
}
