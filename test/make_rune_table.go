// Writes src/golang/rune.def: the code point classes of Go's unicode package as ranges.
// Run from the root: go run test/make_rune_table.go > src/golang/rune.def
package main

import (
	"fmt"
	"unicode"
)

func ranges(name string, in func(rune) bool) {
	fmt.Printf("RUNE_CLASS(%s)\n", name)
	for r := rune(0x80); r <= unicode.MaxRune; r++ {
		if !in(r) {
			continue
		}
		first := r
		for r < unicode.MaxRune && in(r+1) {
			r++
		}
		fmt.Printf("RUNE_RANGE(0x%X, 0x%X)\n", first, r)
	}
	fmt.Println("RUNE_CLASS_END")
}

func main() {
	fmt.Printf("/* Made by test/make_rune_table.go from Go's unicode package, Unicode %s. */\n", unicode.Version)
	ranges("letter", unicode.IsLetter)
	ranges("digit", unicode.IsDigit)
	ranges("graphic", unicode.IsGraphic)
	ranges("space", unicode.IsSpace)
}
