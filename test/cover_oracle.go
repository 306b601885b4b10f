// Prints what golang.org/x/tools/cover makes of a profile, in the text form, sorted by file and
// place; "refused" where it takes none of it. Usage: cover_oracle PROFILE...
package main

import (
	"bufio"
	"fmt"
	"os"
	"sort"

	"golang.org/x/tools/cover"
)

func main() {
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	for _, name := range os.Args[1:] {
		profiles, err := cover.ParseProfiles(name)
		fmt.Fprintf(out, "# %s\n", name)
		if err != nil {
			fmt.Fprintf(out, "refused\n")
			continue
		}
		for _, p := range profiles {
			sort.SliceStable(p.Blocks, func(i, j int) bool {
				a, b := p.Blocks[i], p.Blocks[j]
				for _, d := range []int{a.StartLine - b.StartLine, a.StartCol - b.StartCol, a.EndLine - b.EndLine, a.EndCol - b.EndCol} {
					if d != 0 {
						return d < 0
					}
				}
				return false
			})
			for _, b := range p.Blocks {
				fmt.Fprintf(out, "%s:%d.%d,%d.%d %d %d\n", p.FileName, b.StartLine, b.StartCol, b.EndLine, b.EndCol, b.NumStmt, b.Count)
			}
		}
	}
}
