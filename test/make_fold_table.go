// Makes src/gomod/fold.def: what golang.org/x/mod/zip folds file names to, by unicode.SimpleFold.
//
//	go run test/make_fold_table.go > src/gomod/fold.def
package main

import (
	"fmt"
	"unicode"
)

// least is the least code point that r folds to, but for A to Z, which go to a to z.
func least(r rune) rune {
	for {
		next := unicode.SimpleFold(r)
		if next <= r {
			r = next
			break
		}
		r = next
	}
	if 'A' <= r && r <= 'Z' {
		r += 'a' - 'A'
	}
	return r
}

func main() {
	fmt.Printf("/* Made by test/make_fold_table.go from Go's unicode package, Unicode %s. */\n", unicode.Version)
	var first, last, step, delta rune
	flush := func() {
		if delta != 0 {
			fmt.Printf("FOLD_RANGE(0x%X, 0x%X, %d, %d)\n", first, last, max(step, 1), delta)
		}
		delta = 0
	}
	for r := rune(0x80); r <= unicode.MaxRune; r++ {
		d := least(r) - r
		if d == 0 {
			continue
		}
		if d == delta && (step == 0 && r-last <= 2 || r-last == step) {
			step, last = r-last, r
			continue
		}
		flush()
		first, last, step, delta = r, r, 0, d
	}
	flush()
}
