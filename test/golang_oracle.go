//go:build ignore

// Prints what Go's own go/scanner, go/build and go/parser say of files: what weir's golang/ must
// say too. Usage: golang_oracle tokens|header|functions < list of files, one a line.
// The output has the form that src/golang/golang_probe.c gives.
package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"go/ast"
	"go/build"
	"go/parser"
	"go/scanner"
	"go/token"
	"io"
	"io/fs"
	"os"
	"sort"
	"strings"
	"time"
)

var out = bufio.NewWriter(os.Stdout)

type errorList struct{ first *scanner.Error }

func (l *errorList) add(pos token.Position, msg string) {
	if l.first == nil || pos.Offset < l.first.Pos.Offset {
		l.first = &scanner.Error{Pos: pos, Msg: msg}
	}
}

func printTokens(src []byte) {
	var s scanner.Scanner
	var list errorList
	src = bytes.TrimPrefix(src, []byte("\xef\xbb\xbf"))
	fset := token.NewFileSet()
	file := fset.AddFile("x.go", -1, len(src))
	s.Init(file, src, list.add, scanner.ScanComments)
	for {
		pos, tok, lit := s.Scan()
		if tok == token.EOF {
			break
		}
		p := fset.PositionFor(pos, false)
		text := tok.String()
		if tok == token.SEMICOLON && lit == "\n" {
			text = "~"
		}
		fmt.Fprintf(out, "%d:%d %s\n", p.Line, p.Column, text)
	}
	if list.first != nil {
		p := file.PositionFor(file.Pos(list.first.Pos.Offset), false)
		fmt.Fprintf(out, "error %d:%d\n", p.Line, p.Column)
	}
}

type entry struct{ size int64 }

func (entry) Name() string                 { return "x.go" }
func (entry) IsDir() bool                  { return false }
func (entry) Type() fs.FileMode            { return 0 }
func (e entry) Info() (fs.FileInfo, error) { return e, nil }
func (e entry) Size() int64                { return e.size }
func (entry) Mode() fs.FileMode            { return 0644 }
func (entry) ModTime() time.Time           { return time.Time{} }
func (entry) Sys() any                     { return nil }

func printPositions(kind string, m map[string][]token.Position) {
	var lines []string
	for key, list := range m {
		for _, p := range list {
			lines = append(lines, fmt.Sprintf("%s %q %d:%d\n", kind, key, p.Line, p.Column))
		}
	}
	sort.Strings(lines)
	for _, l := range lines {
		out.WriteString(l)
	}
}

func printError(err error) {
	var list scanner.ErrorList
	var one scanner.Error
	var pointer *scanner.Error
	var noGo *build.NoGoError
	switch {
	case err == nil || errors.As(err, &noGo):
	case errors.As(err, &list):
		fmt.Fprintf(out, "error %d:%d\n", list[0].Pos.Line, list[0].Pos.Column)
	case errors.As(err, &one):
		fmt.Fprintf(out, "error %d:%d\n", one.Pos.Line, one.Pos.Column)
	case errors.As(err, &pointer):
		fmt.Fprintf(out, "error %d:%d\n", pointer.Pos.Line, pointer.Pos.Column)
	default:
		fmt.Fprintf(out, "error\n")
	}
}

func printHeader(src []byte) {
	ctxt := build.Default
	ctxt.CgoEnabled = true
	ctxt.ToolTags = nil
	ctxt.IsDir = func(string) bool { return true }
	ctxt.ReadDir = func(string) ([]fs.FileInfo, error) { return []fs.FileInfo{entry{int64(len(src))}}, nil }
	ctxt.OpenFile = func(string) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(src)), nil }
	p, err := ctxt.ImportDir("/x", 0)
	if len(p.IgnoredGoFiles) > 0 && p.Name == "" {
		fmt.Fprintf(out, "ignored\n")
		return
	}
	var noCgo = err != nil && strings.Contains(err.Error(), "#cgo")
	if noCgo {
		err = nil
	}
	fmt.Fprintf(out, "name %s\n", p.Name)
	printPositions("import", p.ImportPos)
	printPositions("embed", p.EmbedPatternPos)
	for _, d := range p.Directives {
		fmt.Fprintf(out, "directive %q %d:%d\n", d.Text, d.Pos.Line, d.Pos.Column)
	}
	printError(err)
}

func receiver(f *ast.FuncDecl) (string, bool) {
	if f.Recv == nil || len(f.Recv.List) == 0 {
		return "", false
	}
	t, star := f.Recv.List[0].Type, false
	for {
		switch x := t.(type) {
		case *ast.StarExpr:
			t, star = x.X, true
		case *ast.ParenExpr:
			t = x.X
		case *ast.IndexExpr:
			t = x.X
		case *ast.IndexListExpr:
			t = x.X
		case *ast.Ident:
			return x.Name, star
		default:
			return "?", star
		}
	}
}

func printFunctions(src []byte) {
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "x.go", src, parser.SkipObjectResolution|parser.ParseComments)
	if err != nil {
		fmt.Fprintf(out, "unparsed\n")
		return
	}
	fmt.Fprintf(out, "generated %v\n", ast.IsGenerated(f))
	for _, d := range f.Decls {
		if fn, ok := d.(*ast.FuncDecl); ok {
			recv, star := receiver(fn)
			a, b := fset.PositionFor(fn.Pos(), false), fset.PositionFor(fn.End(), false)
			fmt.Fprintf(out, "func %s %q %v %v %d:%d %d:%d\n", fn.Name.Name, recv, star, fn.Body != nil, a.Line, a.Column, b.Line, b.Column)
		}
	}
}

func main() {
	modes := map[string]func([]byte){"tokens": printTokens, "header": printHeader, "functions": printFunctions}
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		src, err := os.ReadFile(lines.Text())
		if err != nil {
			panic(err)
		}
		fmt.Fprintf(out, "== %s\n", lines.Text())
		modes[os.Args[1]](src)
	}
	out.Flush()
}
