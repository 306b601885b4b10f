// The real gitleaks as an oracle of ruleset_test.py and gitleaks_test.py.
//
//	oracle config FILE            the rules of a rule file, in the form of ruleset_probe
//	oracle find FILE ROOT NAME... what it finds in the files of ROOT as JSON: NAME, rule, line of the
//	                              match, the match, where its secret starts in it
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"

	"github.com/spf13/viper"
	"github.com/zricethezav/gitleaks/v8/config"
	"github.com/zricethezav/gitleaks/v8/detect"
	"github.com/zricethezav/gitleaks/v8/regexp"
)

type list struct {
	Condition string   `json:"condition"`
	Target    string   `json:"target"`
	Commits   []string `json:"commits"`
	Paths     []string `json:"paths"`
	Regexes   []string `json:"regexes"`
	Stopwords []string `json:"stopwords"`
}

type rule struct {
	ID          string   `json:"id"`
	Description string   `json:"description"`
	Regex       string   `json:"regex"`
	Path        string   `json:"path"`
	Group       string   `json:"group"`
	Entropy     string   `json:"entropy"`
	Skip        string   `json:"skip"`
	Keywords    []string `json:"keywords"`
	Tags        []string `json:"tags"`
	Required    []string `json:"required"`
	Lists       []list   `json:"allowlists"`
}

func words(of []string) []string {
	all := append([]string{}, of...)
	sort.Strings(all)
	return all
}

func joined(of []*regexp.Regexp) []string {
	switch len(of) {
	case 0:
		return []string{}
	case 1:
		return []string{of[0].String()}
	}
	var all []string
	for _, re := range of {
		all = append(all, re.String())
	}
	return []string{"(?:" + strings.Join(all, "|") + ")"}
}

func lists(of []*config.Allowlist) []list {
	all := []list{}
	for _, a := range of {
		all = append(all, list{a.MatchCondition.String(), a.RegexTarget, words(a.Commits), joined(a.Paths),
			joined(a.Regexes), words(a.StopWords)})
	}
	return all
}

func source(re *regexp.Regexp) string {
	if re == nil {
		return ""
	}
	return re.String()
}

func distance(n *int) int {
	if n == nil {
		return -1
	}
	return *n
}

func dump(r config.Rule) rule {
	out := rule{r.RuleID, r.Description, source(r.Regex), source(r.Path), strconv.Itoa(r.SecretGroup),
		fmt.Sprintf("%g", r.Entropy), fmt.Sprint(r.SkipReport), words(r.Keywords), words(r.Tags), []string{},
		lists(r.Allowlists)}
	for _, q := range r.RequiredRules {
		out.Required = append(out.Required,
			fmt.Sprintf("%s %d %d", q.RuleID, distance(q.WithinLines), distance(q.WithinColumns)))
	}
	return out
}

func load(file string) (cfg config.Config, err error) {
	defer func() { // a bad expression panics
		if p := recover(); p != nil {
			err = fmt.Errorf("%v", p)
		}
	}()
	viper.SetConfigFile(file)
	viper.SetConfigType("toml")
	if err = viper.ReadInConfig(); err != nil {
		return
	}
	var vc config.ViperConfig
	if err = viper.Unmarshal(&vc); err != nil {
		return
	}
	return vc.Translate()
}

func describe(cfg config.Config) {
	all := []rule{}
	for _, r := range cfg.Rules {
		all = append(all, dump(r))
	}
	out := map[string]any{"title": cfg.Title, "rules": all, "allowlists": lists(cfg.Allowlists)}
	json.NewEncoder(os.Stdout).Encode(out)
}

// secretAt is where the secret of a match starts, as gitleaks takes it.
func secretAt(rule config.Rule, match string) int {
	if rule.Regex == nil {
		return 0
	}
	groups := rule.Regex.FindStringSubmatchIndex(match)
	for i := 2; i < len(groups); i += 2 {
		if rule.SecretGroup == i/2 || rule.SecretGroup == 0 && groups[i] < groups[i+1] {
			return max(groups[i], 0)
		}
	}
	return 0
}

func find(cfg config.Config, root string, names []string) {
	detector := detect.NewDetector(cfg)
	all := []any{}
	for _, name := range names {
		raw, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			panic(err)
		}
		fragment := detect.Fragment{Raw: string(raw), FilePath: name, StartLine: 1}
		for _, f := range detector.Detect(fragment) {
			all = append(all, []any{name, f.RuleID, f.StartLine, f.Match,
				len([]rune(f.Match[:secretAt(cfg.Rules[f.RuleID], f.Match)]))})
		}
	}
	json.NewEncoder(os.Stdout).Encode(all)
}

func main() {
	cfg, err := load(os.Args[2])
	switch {
	case err != nil:
		fmt.Println("no", strings.ReplaceAll(err.Error(), "\n", " "))
	case os.Args[1] == "config":
		describe(cfg)
	default:
		find(cfg, os.Args[3], os.Args[4:])
	}
}
