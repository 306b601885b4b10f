// Go's own regexp as the oracle of pattern_test.py: reads records of a big-endian length of 4 bytes
// and as many bytes, an expression and a text in turn, and answers a line each: "no ERROR" as a Go
// string, or "ok GROUPS MATCHES".
package main

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"regexp"
)

func record(in io.Reader) (string, bool) {
	var size uint32
	if binary.Read(in, binary.BigEndian, &size) != nil {
		return "", false
	}
	bytes := make([]byte, size)
	_, err := io.ReadFull(in, bytes)
	return string(bytes), err == nil
}

func main() {
	in, out := bufio.NewReader(os.Stdin), bufio.NewWriter(os.Stdout)
	defer out.Flush()
	for {
		pattern, ok := record(in)
		if !ok {
			return
		}
		text, _ := record(in)
		re, err := regexp.Compile(pattern)
		if err != nil {
			message, _ := json.Marshal(err.Error())
			fmt.Fprintf(out, "no %s\n", message)
			continue
		}
		fmt.Fprintf(out, "ok %d ", re.NumSubexp())
		for _, match := range re.FindAllStringSubmatchIndex(text, -1) {
			fmt.Fprint(out, match)
		}
		fmt.Fprintln(out)
	}
}
