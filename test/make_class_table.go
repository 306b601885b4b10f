// Makes src/leak/pattern_class.def: the code points of every \p{NAME} that Go's regexp knows.
//
//	go run test/make_class_table.go > src/leak/pattern_class.def
package main

import (
	"fmt"
	"regexp/syntax"
	"slices"
	"strings"
	"unicode"
)

// canonical is a name as regexp/syntax looks it up: one capital, no separators.
func canonical(name string) string {
	name = strings.ToLower(strings.NewReplacer("_", "", "-", "", " ", "").Replace(name))
	return strings.ToUpper(name[:1]) + name[1:]
}

func names() []string {
	all := []string{"Any", "Assigned", "ASCII", "LC"}
	for name := range unicode.Categories {
		all = append(all, name)
	}
	for name := range unicode.Scripts {
		all = append(all, name)
	}
	for name := range unicode.CategoryAliases {
		all = append(all, name)
	}
	for i, name := range all {
		all[i] = canonical(name)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// points is the class as pairs of first and last.
func points(name string) []rune {
	parsed, err := syntax.Parse(`\p{`+name+`}`, syntax.Perl)
	if err != nil {
		return nil
	}
	switch parsed.Op {
	case syntax.OpCharClass:
		return parsed.Rune
	case syntax.OpLiteral:
		return []rune{parsed.Rune[0], parsed.Rune[0]}
	default: // everything
		return []rune{0, unicode.MaxRune}
	}
}

func main() {
	fmt.Printf("/* Made by test/make_class_table.go from Go's unicode package, Unicode %s. */\n", unicode.Version)
	first := map[string]int{}
	count := 0
	var rows []string
	for _, name := range names() {
		ranges := points(name)
		if ranges == nil {
			continue
		}
		key := fmt.Sprint(ranges)
		if _, ok := first[key]; !ok {
			first[key] = count
			count += len(ranges) / 2
			for i := 0; i < len(ranges); i += 2 {
				fmt.Printf("CLASS_RANGE(0x%X, 0x%X)", ranges[i], ranges[i+1])
				if i%8 == 6 || i == len(ranges)-2 {
					fmt.Println()
				} else {
					fmt.Print(" ")
				}
			}
		}
		rows = append(rows, fmt.Sprintf("CLASS_NAME(%q, %d, %d)", name, first[key], len(ranges)/2))
	}
	fmt.Println(strings.Join(rows, "\n"))
}
