// The answers of golang.org/x/mod to the questions that gomod_probe answers, in the same form.
// xmod_test.py builds this in a temporary module.
package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"go/version"
	"io"
	"os"
	"strings"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
	"golang.org/x/mod/semver"
)

var out = bufio.NewWriter(os.Stdout)

func put(name, value string) { fmt.Fprintf(out, "%s %x\n", name, value) }

func place(name string, line *modfile.Line) {
	fmt.Fprintf(out, "%s at %d:%d\n", name, line.Start.Line, line.Start.LineRune)
}

func mod(name string, m module.Version) {
	put(name, m.Path)
	put("version", m.Version)
}

func refused(err error) {
	var list modfile.ErrorList
	if errors.As(err, &list) {
		fmt.Fprintf(out, "error at %d:%d\n", list[0].Pos.Line, list[0].Pos.LineRune)
		return
	}
	fmt.Fprintf(out, "error at %v\n", err)
}

// fixer stands for the go command's fixVersion, with a proxy that knows every version by its
// canonical form and nothing else.
func fixer(fixed *bool) modfile.VersionFixer {
	return func(path, vers string) (string, error) {
		_, major, ok := module.SplitPathVersion(path)
		if !ok {
			return "", &module.ModuleError{Path: path, Err: errors.New("malformed module path")}
		}
		canonical := module.CanonicalVersion(vers)
		if canonical == "" {
			return "", &module.ModuleError{Path: path, Err: errors.New("no such version")}
		}
		if canonical != vers {
			*fixed = true
		}
		if err := module.CheckPathMajor(canonical, major); err != nil {
			return "", module.VersionError(module.Version{Path: path, Version: canonical}, err)
		}
		return canonical, nil
	}
}

func replaces(list []*modfile.Replace) {
	for _, x := range list {
		place("replace", x.Syntax)
		mod("old", x.Old)
		mod("new", x.New)
	}
}

func head(g *modfile.Go, t *modfile.Toolchain, godebug []*modfile.Godebug) {
	if g != nil {
		place("go", g.Syntax)
		put("value", g.Version)
	}
	if t != nil {
		place("toolchain", t.Syntax)
		put("value", t.Name)
	}
	for _, x := range godebug {
		place("godebug", x.Syntax)
		put("key", x.Key)
		put("value", x.Value)
	}
}

func file(f *modfile.File, rationales map[*modfile.Retract]bool) {
	if f.Module != nil {
		place("module", f.Module.Syntax)
		put("path", f.Module.Mod.Path)
		put("deprecated", f.Module.Deprecated)
	}
	head(f.Go, f.Toolchain, f.Godebug)
	for _, x := range f.Require {
		if x.Indirect {
			place("indirect", x.Syntax)
		} else {
			place("require", x.Syntax)
		}
		mod("path", x.Mod)
	}
	for _, x := range f.Exclude {
		place("exclude", x.Syntax)
		mod("path", x.Mod)
	}
	replaces(f.Replace)
	for _, x := range f.Retract {
		if module.CanonicalVersion(x.Low) == "" || module.CanonicalVersion(x.High) == "" {
			continue // covers no version
		}
		place("retract", x.Syntax)
		put("low", module.CanonicalVersion(x.Low))
		put("high", module.CanonicalVersion(x.High))
		put("rationale", x.Rationale)
	}
	for _, x := range f.Tool {
		place("tool", x.Syntax)
		put("value", x.Path)
	}
	for _, x := range f.Ignore {
		place("ignore", x.Syntax)
		put("value", x.Path)
	}
}

func onMain(text string) {
	fixed := false
	f, err := modfile.Parse("go.mod", []byte(text), fixer(&fixed))
	if err != nil {
		refused(err)
		return
	}
	file(f, nil)
	fmt.Fprintf(out, "noncanonical %d\n", bit(fixed))
}

func onDependency(text string) {
	f, err := modfile.ParseLax("go.mod", []byte(text), nil)
	if err != nil {
		refused(err)
		return
	}
	file(f, nil)
	fmt.Fprintf(out, "noncanonical 0\n")
}

func onWork(text string) {
	f, err := modfile.ParseWork("go.mod", []byte(text), nil)
	if err != nil {
		refused(err)
		return
	}
	head(f.Go, f.Toolchain, f.Godebug)
	replaces(f.Replace)
	for _, x := range f.Use {
		place("use", x.Syntax)
		put("value", x.Path)
	}
	fmt.Fprintf(out, "noncanonical 0\n")
}

func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}

func valued(name, value string, err error) string {
	fmt.Fprintf(out, "%s %d\n", name, bit(err == nil))
	if err != nil {
		return ""
	}
	return value
}

func onPath(path string) {
	fmt.Fprintf(out, "check %d %d %d\n", bit(module.CheckPath(path) == nil),
		bit(module.CheckImportPath(path) == nil), bit(module.CheckFilePath(path) == nil))
	prefix, major, ok := module.SplitPathVersion(path)
	fmt.Fprintf(out, "major %d\n", bit(ok))
	put("prefix", prefix)
	put("major", major)
	text, err := module.EscapePath(path)
	put("escaped", valued("escape", text, err))
	text, err = module.UnescapePath(path)
	put("unescaped", valued("unescape", text, err))
	text, err = module.EscapeVersion(path)
	put("escaped", valued("escape version", text, err))
	text, err = module.UnescapeVersion(path)
	put("unescaped", valued("unescape version", text, err))
}

func onVersion(v string) {
	fmt.Fprintf(out, "valid %d\n", bit(semver.IsValid(v)))
	put("canonical", semver.Canonical(v))
	put("module canonical", module.CanonicalVersion(v))
	put("major", semver.Major(v))
	put("prerelease", semver.Prerelease(v))
	put("build", semver.Build(v))
	fmt.Fprintf(out, "pseudo %d\n", bit(module.IsPseudoVersion(v)))
	base, err := module.PseudoVersionBase(v)
	put("base", valued("base", base, err))
	t, err := module.PseudoVersionTime(v)
	valued("time", "", err)
	if err == nil {
		fmt.Fprintf(out, "seconds %d\n", t.Unix())
	} else {
		fmt.Fprintf(out, "seconds 0\n")
	}
	rev, err := module.PseudoVersionRev(v)
	put("revision", valued("revision", rev, err))
	if strings.Contains(v, "-") {
		return // package go/version cuts a suffix off
	}
	lang := strings.TrimPrefix(version.Lang("go"+v), "go")
	if !strings.Contains(v, ".") && lang != "" {
		lang = v // package go/version makes "2.0" of "2"
	}
	fmt.Fprintf(out, "go %d\n", bit(version.IsValid("go"+v)))
	put("language", lang)
}

func onPair(both string) {
	a, b, _ := strings.Cut(both, "\n")
	fmt.Fprintf(out, "semver %d\n", semver.Compare(a, b))
	if !strings.Contains(both, "-") {
		fmt.Fprintf(out, "go %d\n", version.Compare("go"+a, "go"+b))
	}
	_, major, _ := module.SplitPathVersion(b)
	fmt.Fprintf(out, "major %d\n", bit(module.MatchPathMajor(a, major)))
	fmt.Fprintf(out, "patterns %d\n", bit(module.MatchPrefixPatterns(a, b)))
}

func onSum(text string) {
	var lines bytes.Buffer
	for i, line := range strings.Split(text, "\n") {
		f := strings.Fields(line)
		if len(f) == 0 {
			continue
		}
		if len(f) != 3 {
			fmt.Fprintf(out, "error at %d\n", i+1)
			return
		}
		version, isMod := strings.CutSuffix(f[1], "/go.mod")
		fmt.Fprintf(&lines, "line %d %d\n", i+1, bit(isMod))
		fmt.Fprintf(&lines, "path %x\nversion %x\nhash %x\n", f[0], version, f[2])
	}
	out.Write(lines.Bytes())
}

func main() {
	answers := map[string]func(string){"main": onMain, "dependency": onDependency, "work": onWork,
		"path": onPath, "version": onVersion, "pair": onPair, "sum": onSum}
	in := bufio.NewReader(os.Stdin)
	for {
		var kind string
		var size int
		line, err := in.ReadString('\n')
		if err != nil {
			break
		}
		fmt.Sscan(line, &kind, &size)
		text := make([]byte, size)
		if _, err := io.ReadFull(in, text); err != nil {
			panic(err)
		}
		answers[kind](string(text))
		fmt.Fprintln(out, ".")
	}
	out.Flush()
}
