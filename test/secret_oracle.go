// What secrets rules find, by Go's own regexp: the second opinion of secret_rules_test.py and
// secret_yardsticks_test.py. Reads {"rules": [...], "texts": [{"path", "text"}]} (rules as in the
// TOML file) and prints, for each text, what each rule finds. Checks of a secret's own bytes
// (`confirm`) are not applied.
package main

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"regexp"
	"strings"
)

type allowlist struct {
	Regexes, Paths, Stopwords []string
	RegexTarget, Condition    string
	regexes, paths            []*regexp.Regexp
}

type required struct {
	ID          string
	WithinLines *int
}

type rule struct {
	ID, Alias, Regex, Path string
	Keywords               []string
	Entropy                float64
	SecretGroup            int
	Allowlists             []*allowlist
	Required               []required
	regex, path            *regexp.Regexp
}

type text struct{ Path, Text string }

type hit struct {
	Rule   string `json:"rule"`
	Secret string `json:"secret"`
	Line   int    `json:"line"`
}

func compile(source string) *regexp.Regexp {
	if source == "" {
		return nil
	}
	made, err := regexp.Compile(source)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	return made
}

func (r *rule) prepare() {
	r.regex, r.path = compile(r.Regex), compile(r.Path)
	if r.regex != nil && r.SecretGroup > r.regex.NumSubexp() {
		fmt.Fprintln(os.Stderr, r.ID, "has no group", r.SecretGroup)
		os.Exit(1)
	}
	for _, list := range r.Allowlists {
		for _, source := range list.Regexes {
			list.regexes = append(list.regexes, compile(source))
		}
		for _, source := range list.Paths {
			list.paths = append(list.paths, compile(source))
		}
	}
}

func entropy(secret string) float64 {
	counts := map[rune]int{}
	for _, c := range secret {
		counts[c]++
	}
	bits := 0.0
	for _, n := range counts {
		p := float64(n) / float64(len(secret))
		bits -= p * math.Log2(p)
	}
	return bits
}

func any(list []*regexp.Regexp, subject string) bool {
	for _, made := range list {
		if made.MatchString(subject) {
			return true
		}
	}
	return false
}

func (list *allowlist) allows(path, secret, match, line string) bool {
	subject := secret
	switch list.RegexTarget {
	case "match":
		subject = match
	case "line":
		subject = line
	}
	stopped := false
	for _, word := range list.Stopwords {
		stopped = stopped || strings.Contains(strings.ToLower(secret), word)
	}
	answers := []bool{}
	for _, asked := range []struct {
		there  bool
		answer bool
	}{{len(list.paths) > 0, any(list.paths, path)}, {len(list.regexes) > 0, any(list.regexes, subject)},
		{len(list.Stopwords) > 0, stopped}} {
		if asked.there {
			answers = append(answers, asked.answer)
		}
	}
	for _, answer := range answers {
		if answer != (list.Condition == "AND") {
			return answer
		}
	}
	return list.Condition == "AND"
}

func has(list []string, lower string) bool {
	for _, word := range list {
		if strings.Contains(lower, word) {
			return true
		}
	}
	return len(list) == 0
}

func secretOf(r *rule, content string, at []int) (int, int) {
	if r.SecretGroup > 0 {
		return at[2*r.SecretGroup], at[2*r.SecretGroup+1]
	}
	for group := 1; group < len(at)/2; group++ {
		if at[2*group] >= 0 && at[2*group] < at[2*group+1] {
			return at[2*group], at[2*group+1]
		}
	}
	return at[0], at[1]
}

func find(r *rule, subject text, lower string) []hit {
	if !has(r.Keywords, lower) || r.path != nil && !r.path.MatchString(subject.Path) {
		return nil
	}
	if r.regex == nil {
		return []hit{{r.ID, "", 1}}
	}
	var hits []hit
	for _, at := range r.regex.FindAllStringSubmatchIndex(subject.Text, -1) {
		start, end := secretOf(r, subject.Text, at)
		secret := subject.Text[start:end]
		if r.Entropy > 0 && entropy(secret) <= r.Entropy {
			continue
		}
		first := strings.LastIndexByte(subject.Text[:at[0]], '\n') + 1
		last := at[1] + strings.IndexByte(subject.Text[at[1]:]+"\n", '\n')
		allowed := false
		for _, list := range r.Allowlists {
			allowed = allowed || list.allows(subject.Path, secret, subject.Text[at[0]:at[1]], subject.Text[first:last])
		}
		if !allowed {
			hits = append(hits, hit{r.ID, secret, 1 + strings.Count(subject.Text[:start], "\n")})
		}
	}
	return hits
}

func near(need required, line int, hits []hit) bool {
	for _, other := range hits {
		if other.Rule == need.ID && (need.WithinLines == nil || max(other.Line-line, line-other.Line) <= *need.WithinLines) {
			return true
		}
	}
	return false
}

func main() {
	var input struct {
		Rules []*rule
		Texts []text
	}
	if err := json.NewDecoder(os.Stdin).Decode(&input); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	needs := map[string][]required{}
	for _, r := range input.Rules {
		r.prepare()
		needs[r.ID] = r.Required
	}
	output := [][]hit{}
	for _, subject := range input.Texts {
		lower := strings.ToLower(subject.Text)
		found, kept := []hit{}, []hit{}
		for _, r := range input.Rules {
			found = append(found, find(r, subject, lower)...)
		}
		for _, one := range found {
			whole := true
			for _, need := range needs[one.Rule] {
				whole = whole && near(need, one.Line, found)
			}
			if whole {
				kept = append(kept, one)
			}
		}
		output = append(output, kept)
	}
	json.NewEncoder(os.Stdout).Encode(output)
}
