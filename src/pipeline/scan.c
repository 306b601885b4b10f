#include "pipeline/scan_impl.h"

static const struct {
        struct str start, end;
        enum scan_platform platform;
} files[] = {
        { STR_INIT(".github/workflows/"), STR_INIT(".yml"), SCAN_GITHUB },
        { STR_INIT(".github/workflows/"), STR_INIT(".yaml"), SCAN_GITHUB },
        { STR_INIT(".github/actions/"), STR_INIT("/action.yml"), SCAN_GITHUB },
        { STR_INIT(".github/actions/"), STR_INIT("/action.yaml"), SCAN_GITHUB },
        { STR_INIT(".gitea/workflows/"), STR_INIT(".yml"), SCAN_GITEA },
        { STR_INIT(".gitea/workflows/"), STR_INIT(".yaml"), SCAN_GITEA },
        { STR_INIT(".forgejo/workflows/"), STR_INIT(".yml"), SCAN_GITEA },
        { STR_INIT(".forgejo/workflows/"), STR_INIT(".yaml"), SCAN_GITEA },
        { STR_INIT(".gitlab-ci."), STR_INIT("yml"), SCAN_GITLAB },
        { STR_INIT(".gitlab-ci."), STR_INIT("yaml"), SCAN_GITLAB },
        { STR_INIT("Jenkinsfile"), STR_INIT(""), SCAN_JENKINS },
};

bool scan_is_pipeline(struct str path, enum scan_platform *ret_platform) {
        for (size_t i = 0; i < COUNT_OF(files); i++) {
                struct str rest = str_drop_prefix(path, files[i].start);
                bool is_workflow = str_has_suffix(files[i].start, STR("workflows/"));

                if (!str_has_prefix(path, files[i].start) || !str_has_suffix(rest, files[i].end) ||
                    (is_workflow && str_contains(rest, STR("/"))))
                        continue;
                if (files[i].platform == SCAN_JENKINS && rest.len && rest.ptr[0] != '.')
                        continue;
                *ret_platform = files[i].platform;
                return true;
        }
        return false;
}

void scan_flaw(struct scan *s, enum flaw_kind kind, struct place place, struct str what) {
        if (s->file->flaws.count < SCAN_FLAWS_MAX)
                *VEC_ADD(s->arena, &s->file->flaws) =
                        (struct flaw){ kind, place.line, place.column, what, false };
}

void scan_flaw_at(struct scan *s, enum flaw_kind kind, const struct yaml_node *node,
                  struct str what) {
        scan_flaw(s, kind, (struct place){ node->line, node->column }, what);
}

bool scan_is_full(const struct scan *s) {
        return s->file->flaws.count >= SCAN_FLAWS_MAX;
}

bool scan_may_read(struct scan *s, size_t bytes) {
        s->read += bytes;
        return s->read <= SCAN_SCRIPTS_MAX;
}

static bool is_break(char c) {
        return c == ' ' || c == '\t' || c == '\n' || c == '"' || c == '\'' || c == ',' ||
               c == ']' || c == ')' || c == '=' || c == '\r' || c == '}';
}

/* `-race=false` behind the flag. */
static bool is_switched_off(struct str value) {
        static const char *const offs[] = { "=false", "=0", "=f", "=F" };

        for (size_t i = 0; i < COUNT_OF(offs); i++)
                if (str_has_prefix(value, str_of(offs[i])))
                        return true;
        return false;
}

bool scan_is_race(struct str value) {
        size_t at = 0;

        for (;;) {
                struct str rest = str_slice(value, at, value.len);
                size_t found = str_find_str(rest, STR("-race"));

                if (found == SIZE_MAX)
                        return false;
                found += at;
                at = found + 5;
                if ((!found || is_break(value.ptr[found - 1]) || value.ptr[found - 1] == '-') &&
                    (at == value.len || is_break(value.ptr[at])) &&
                    !is_switched_off(str_slice(value, at, value.len)))
                        return true;
        }
}

/* The word `go` with a verb behind it; the count of words where none stands there. */
static size_t find_go(const struct shell_command *command) {
        for (size_t i = 0; i + 1 < command->count; i++)
                if (str_eq(shell_word(command->words[i]), STR("go")) ||
                    str_has_suffix(shell_word(command->words[i]), STR("/go")))
                        return i;
        return command->count;
}

static bool is_other_verb(struct str word) {
        static const char *const verbs[] = { "build", "install", "run", "vet", "list", "get" };

        for (size_t i = 0; i < COUNT_OF(verbs); i++)
                if (str_eq(word, str_of(verbs[i])))
                        return true;
        return false;
}

/* The race detector of a build, or an argument of the test's own, watches no test. */
static bool command_races(const struct shell_command *command) {
        size_t go = find_go(command);

        if (go + 1 < command->count && is_other_verb(shell_word(command->words[go + 1])))
                return false;
        /* $(GO) build of a Makefile */
        if (go == command->count && command->count && is_other_verb(shell_word(command->words[0])))
                return false;
        for (size_t i = 0; i < command->count; i++) {
                struct str word = shell_word(command->words[i]);

                if (i > go && (str_eq(word, STR("-args")) || str_eq(word, STR("--args"))))
                        return false;
                if (scan_is_race(word))
                        return true;
        }
        return false;
}

static void note_race(void *ctx, const struct shell_command *command) {
        *(bool *)ctx |= command_races(command);
}

bool scan_has_race(struct str text) {
        bool found = false;
        struct str line;

        while (!found && str_next_line(&text, &line)) {
                struct str trimmed = str_trim(line);

                if (!str_has_prefix(trimmed, STR("#")) && !str_has_prefix(trimmed, STR("//")) &&
                    scan_is_race(trimmed))
                        shell_each(trimmed, note_race, &found);
        }
        return found;
}

bool scan_is_docker_in_docker(struct str image) {
        struct str registry, name = image, tag = STR_NONE;

        str_cut_last(name, '/', &registry, &name);
        if (!str_cut(name, ':', &name, &tag))
                return false;
        return str_eq(name, STR("docker")) && str_contains(tag, STR("dind"));
}

void scan_env(struct scan *s, const struct yaml_node *env) {
        const struct yaml_node *flags = env ? yaml_get(env, STR("GOFLAGS")) : NULL;

        if (flags && flags->kind == YAML_MAPPING)
                flags = yaml_get(flags, STR("value"));
        if (flags && flags->kind == YAML_SCALAR && str_contains(flags->text, STR("-mod=mod")))
                scan_flaw_at(s, FLAW_MOD, flags, STR("GOFLAGS=-mod=mod"));
}

/* ---- what one file does to another ---- */

static bool is_called(const struct scan_file *file, struct str path) {
        struct str rest = str_slice(file->path, path.len, file->path.len);

        return str_has_prefix(file->path, path) &&
               (!rest.len || str_eq(rest, STR("/action.yml")) || str_eq(rest, STR("/action.yaml")));
}

void scan_link(struct arena *arena, const struct scan_file *from, struct scan_file *to) {
        for (size_t i = 0; i < from->calls.count; i++) {
                const struct scan_call *call = &from->calls.items[i];

                for (size_t j = 0; is_called(to, call->path) && j < to->uses.count; j++) {
                        struct scan_use *use = &to->uses.items[j];

                        if (use->is_told || !str_eq_fold(use->input, call->input) ||
                            to->flaws.count >= SCAN_FLAWS_MAX)
                                continue;
                        use->is_told = true;
                        if (!use->input.len)
                                use->flaw.what = call->trigger;
                        *VEC_ADD(arena, &to->flaws) = use->flaw;
                }
        }
}

/* ---- commands ---- */

struct commands {
        struct scan *scan;
        const struct script *script;
        struct job_traits *traits;
        bool from_download;       /* what the last command gave out comes from the network */
        bool fed_by_substitution; /* the last command runs what stands in its $(...) or <(...) */
        struct str fed;
};

static struct place place_of(const struct commands *c, struct str part) {
        return script_place(c->script, part);
}

static struct str program_word(const struct shell_command *command) {
        return command->words[command->first];
}

static bool is_one_of(struct str word, const char *const *list, size_t count) {
        for (size_t i = 0; i < count; i++)
                if (str_eq(word, str_of(list[i])))
                        return true;
        return false;
}

/* As "go test", for messages and their places. */
static struct str two_words(const struct shell_command *command) {
        struct str first = program_word(command);
        struct str second = command->words[command->first + 1];
        size_t length = (size_t)(second.ptr + second.len - first.ptr);

        return (struct str){ first.ptr, length };
}

static void take_test(struct commands *c, struct str where) {
        struct scan_file *file = c->scan->file;
        struct place place;

        if (file->tests)
                return;
        place = place_of(c, where);
        file->first_test = (struct flaw){ .kind = FLAW_NO_RACE,
                                          .line = place.line,
                                          .column = place.column,
                                          .what = STR("go test") };
        file->tests = true;
}

static void take_mod_flag(struct commands *c, struct str word) {
        scan_flaw(c->scan, FLAW_MOD, place_of(c, word), STR("-mod=mod"));
}

/* `go get` and `go mod tidy` before a build change what is built, unless the job then looks at the
 * difference. */
static void look_at_mod_change(struct commands *c, const struct shell_command *command) {
        bool is_get = str_eq(shell_argument(command, 1), STR("get"));
        bool is_tidy = str_eq(shell_argument(command, 1), STR("mod")) &&
                       str_eq(shell_argument(command, 2), STR("tidy"));

        c->traits->minds_changes |=
                is_tidy && (shell_has(command, STR("-diff")) || shell_has(command, STR("--diff")));
        for (size_t i = 0; i < command->first; i++)
                is_get &= !str_eq(command->words[i], STR("GO111MODULE=off"));
        if ((!is_get && !is_tidy) || c->traits->changes_mod.line)
                return;
        c->traits->mod_command = is_get ? STR("go get") : STR("go mod tidy");
        c->traits->changes_mod = place_of(c, two_words(command));
}

void scan_end_job(struct scan *s, const struct job_traits *traits) {
        if (traits->changes_mod.line && !traits->minds_changes && !traits->pushes)
                scan_flaw(s, FLAW_MOD, traits->changes_mod, traits->mod_command);
}

/* go test -c */
static bool only_compiles(const struct shell_command *command) {
        for (size_t i = 2; command->first + i < command->count; i++) {
                struct str word = shell_argument(command, i);

                if (str_eq(word, STR("-args")) || str_eq(word, STR("--args")))
                        return false;
                if (str_eq(word, STR("-c")) || str_eq(word, STR("--c")))
                        return true;
        }
        return false;
}

static void look_at_go(struct commands *c, const struct shell_command *command) {
        static const char *const builders[] = { "build", "test", "vet", "install", "run" };
        struct str verb = shell_argument(command, 1);

        if (command->first + 1 >= command->count)
                return;
        if (str_eq(verb, STR("test")) && !only_compiles(command))
                take_test(c, two_words(command));
        look_at_mod_change(c, command);
        if (!is_one_of(verb, builders, COUNT_OF(builders)))
                return;
        for (size_t i = command->first + 2; i < command->count; i++) {
                struct str word = shell_word(command->words[i]);

                if (str_eq(word, STR("-mod=mod")) || str_eq(word, STR("--mod=mod")))
                        take_mod_flag(c, word);
        }
}

/* GOFLAGS set for one command or all that follow. */
static void look_at_goflags(struct commands *c, const struct shell_command *command) {
        for (size_t i = 0; i < command->count; i++) {
                struct str word = shell_word(command->words[i]);

                if (str_has_prefix(word, STR("GOFLAGS=")) && str_contains(word, STR("-mod=mod")))
                        scan_flaw(c->scan, FLAW_MOD, place_of(c, word), STR("GOFLAGS=-mod=mod"));
        }
}

static void needs_history(struct commands *c, struct str where) {
        if (c->traits->needs_history.line)
                return;
        c->traits->needs_history = place_of(c, where);
        c->traits->history_command = where;
}

static void look_at_weir(struct commands *c, const struct shell_command *command) {
        if (!str_eq(shell_argument(command, 1), STR("check")))
                return;
        if (shell_has(command, STR("--base")))
                needs_history(c, two_words(command));
        if (shell_has(command, STR("merge")) || shell_has(command, STR("build")) ||
            shell_has(command, STR("release")) || shell_has(command, STR("--stage=merge")) ||
            shell_has(command, STR("--stage=build"))) {
                take_test(c, two_words(command));
                c->scan->file->races = true;
        }
}

static bool names_pull(const struct shell_command *command) {
        for (size_t i = command->first; i < command->count; i++)
                if (str_contains(command->words[i], STR("pull/")) ||
                    expression_names_head(command->words[i]))
                        return true;
        return false;
}

static void look_at_git(struct commands *c, const struct shell_command *command) {
        static const char *const minders[] = { "diff",       "status",   "commit", "diff-index",
                                               "diff-files", "ls-files", "add" };
        struct str verb = shell_argument(command, 1);

        if (command->first + 1 >= command->count)
                return;

        c->traits->minds_changes |= is_one_of(verb, minders, COUNT_OF(minders));
        if (str_eq(verb, STR("push")))
                c->traits->pushes = true;
        if (str_eq(verb, STR("fetch")) || str_eq(verb, STR("pull")) || str_eq(verb, STR("clone")))
                c->traits->fetches = true;
        if (str_eq(verb, STR("merge-base")) || str_eq(verb, STR("describe")))
                needs_history(c, two_words(command));
        if ((str_eq(verb, STR("fetch")) || str_eq(verb, STR("checkout")) ||
             str_eq(verb, STR("pull"))) &&
            names_pull(command) && !c->traits->takes_head.line)
                c->traits->takes_head = place_of(c, two_words(command));
}

static void look_at_gh(struct commands *c, const struct shell_command *command) {
        if (str_eq(shell_argument(command, 1), STR("pr")) &&
            str_eq(shell_argument(command, 2), STR("checkout")) && !c->traits->takes_head.line)
                c->traits->takes_head = place_of(c, two_words(command));
}

struct str scan_find_privilege(struct str text) {
        static const char *const marks[] = { "--privileged",  "/var/run/docker.sock",
                                             "--cap-add=ALL", "--cap-add ALL",
                                             "--cap-add=all", "--cap-add all" };

        for (size_t i = 0; i < COUNT_OF(marks); i++) {
                struct str mark = str_of(marks[i]);
                size_t at = str_find_str(text, mark);

                if (at != SIZE_MAX &&
                    !str_has_prefix(str_slice(text, at + mark.len, text.len), STR("=false")))
                        return str_slice(text, at, at + mark.len);
        }
        return STR_NONE;
}

static void look_at_docker(struct commands *c, const struct shell_command *command) {
        for (size_t i = command->first + 1; i < command->count; i++) {
                struct str word = shell_word(command->words[i]);
                struct str next =
                        i + 1 < command->count ? shell_word(command->words[i + 1]) : STR_NONE;
                struct str found = scan_find_privilege(word);

                if (str_eq(word, STR("--cap-add")) && str_eq_fold(next, STR("ALL")))
                        scan_flaw(c->scan, FLAW_PRIVILEGED, place_of(c, word),
                                  STR("--cap-add=ALL"));
                else if (found.len && (found.ptr[0] != '-' || found.ptr == word.ptr))
                        scan_flaw(c->scan, FLAW_PRIVILEGED, place_of(c, found), found);
        }
}

static void look_at_linter(struct commands *c, const struct shell_command *command) {
        for (size_t i = command->first + 1; i < command->count; i++)
                if (str_has_prefix(command->words[i], STR("--new-from-merge-base")))
                        needs_history(c, command->words[i]);
}

static void look_at_gotestsum(struct commands *c, const struct shell_command *command) {
        take_test(c, program_word(command));
}

static const struct {
        const char *program;
        void (*look)(struct commands *c, const struct shell_command *command);
} programs[] = {
        { "go", look_at_go },
        { "weir", look_at_weir },
        { "git", look_at_git },
        { "gh", look_at_gh },
        { "docker", look_at_docker },
        { "podman", look_at_docker },
        { "golangci-lint", look_at_linter },
        { "gotestsum", look_at_gotestsum },
};

/* ---- what is downloaded and run at once ---- */

static const char *const shells[] = { "sh", "bash", "zsh", "dash", "ash", "ksh" };
static const char *const readers[] = { "python", "python3", "perl", "ruby", "node" };

/* Whether the program runs what comes through its standard input. */
static bool runs_its_input(const struct shell_command *command) {
        struct str program = shell_program(command);
        bool is_shell = is_one_of(program, shells, COUNT_OF(shells));

        if (!is_shell && !is_one_of(program, readers, COUNT_OF(readers)))
                return false;
        for (size_t i = 1; command->first + i < command->count; i++) {
                struct str argument = shell_argument(command, i);

                if (is_shell && str_eq(argument, STR("-s")))
                        return true;
                if (str_eq(argument, STR("-")) || str_eq(argument, STR("/dev/stdin")))
                        return true;
                if (argument.len && argument.ptr[0] == '-' && is_shell &&
                    !str_eq(argument, STR("-c")))
                        continue;
                return str_has_prefix(argument, STR(">")) || str_has_prefix(argument, STR("2>"));
        }
        return true;
}

static bool is_one_of_fold(struct str word, const char *const *list, size_t count) {
        for (size_t i = 0; i < count; i++)
                if (str_eq_fold(word, str_of(list[i])))
                        return true;
        return false;
}

/* PowerShell knows its commands by any case. */
static bool is_download(struct str program) {
        static const char *const names[] = {
                "curl", "wget", "iwr", "irm", "Invoke-WebRequest", "Invoke-RestMethod"
        };

        return is_one_of_fold(program, names, COUNT_OF(names));
}

static bool is_powershell_eval(struct str program) {
        static const char *const names[] = { "iex", "Invoke-Expression" };

        return is_one_of_fold(program, names, COUNT_OF(names));
}

/* sh -c "$(curl ...)" and eval "$(curl ...)": the download stands in the quotes. */
static bool has_quoted_download(struct str word) {
        static const char *const marks[] = { "$(curl ", "$(wget ", "`curl ",
                                             "`wget ",  "$(iwr ",  "$(irm " };

        for (size_t i = 0; i < COUNT_OF(marks); i++)
                if (str_contains(word, str_of(marks[i])))
                        return true;
        return false;
}

static bool runs_its_words(const struct shell_command *command) {
        static const char *const evals[] = { "eval", "source", "." };
        struct str program = shell_program(command);

        return is_one_of(program, evals, COUNT_OF(evals)) || is_powershell_eval(program) ||
               is_one_of(program, shells, COUNT_OF(shells));
}

static void found_curl_sh(struct commands *c, struct str word) {
        scan_flaw(c->scan, FLAW_CURL_SH, place_of(c, word), shell_word(word));
}

static void look_at_quoted_download(struct commands *c, const struct shell_command *command) {
        if (!runs_its_words(command))
                return;
        for (size_t i = command->first + 1; i < command->count; i++)
                if (has_quoted_download(command->words[i])) {
                        found_curl_sh(c, program_word(command));
                        return;
                }
}

static bool ends_in_substitution(const struct shell_command *command) {
        struct str last = command->words[command->count - 1];

        return str_has_suffix(last, STR("$")) || str_has_suffix(last, STR("<")) ||
               is_powershell_eval(shell_word(last));
}

/* ---- what is downloaded into a file, and run ---- */

/* As both commands name it. */
static struct str plain_name(struct str word) {
        return str_drop_prefix(shell_word(word), STR("./"));
}

static struct str last_part(struct str word) {
        struct str before, name = shell_word(word);

        str_cut_last(name, '/', &before, &name);
        str_cut(name, '?', &name, &before);
        return name;
}

static void note_download(struct commands *c, struct str name) {
        struct downloads *downloads = &c->traits->downloads;

        if (!name.len || str_eq(name, STR("-")) || str_eq(name, STR("/dev/null")))
                return;
        downloads->names[downloads->count++ % DOWNLOADS_MAX] = name;
}

/* -o FILE, -sSLo FILE, --output=FILE, > FILE; wget writes to the URL's last part by itself. */
static bool note_output(struct commands *c, const struct shell_command *command, size_t i,
                        bool is_curl) {
        static const char *const curls[] = { "--output", "-o" };
        static const char *const wgets[] = { "--output-document", "-O" };
        const char *const *names = is_curl ? curls : wgets;
        struct str word = shell_word(command->words[i]), name, value;
        struct str next = i + 1 < command->count ? command->words[i + 1] : STR_NONE;
        bool is_long = str_has_prefix(word, STR("--"));

        if (str_eq(word, STR(">")) || str_eq(word, str_of(names[0])) ||
            (!is_long && str_has_prefix(word, STR("-")) &&
             str_has_suffix(word, str_of(names[1] + 1))))
                note_download(c, plain_name(next));
        else if (is_long && str_cut(word, '=', &name, &value) && str_eq(name, str_of(names[0])))
                note_download(c, plain_name(value));
        else if (str_has_prefix(word, STR(">")))
                note_download(c, plain_name(str_slice(word, 1, word.len)));
        else if (!is_long && str_has_prefix(word, str_of(names[1])))
                note_download(c, plain_name(str_slice(word, 2, word.len)));
        else
                return false;
        return true;
}

static bool is_url(struct str word) {
        return str_contains(word, STR("://"));
}

/* curl -O, --remote-name and -fsSLO. */
static bool takes_remote_name(const struct shell_command *command) {
        for (size_t i = command->first + 1; i < command->count; i++) {
                struct str word = shell_word(command->words[i]);

                if (str_eq(word, STR("--remote-name")) ||
                    (str_has_prefix(word, STR("-")) && !str_has_prefix(word, STR("--")) &&
                     str_contains(word, STR("O"))))
                        return true;
        }
        return false;
}

static void note_downloads(struct commands *c, const struct shell_command *command) {
        bool is_curl = !str_eq(shell_program(command), STR("wget")), is_named = false;

        for (size_t i = command->first + 1; i < command->count; i++)
                is_named |= note_output(c, command, i, is_curl);
        if (is_named || (is_curl && !takes_remote_name(command)))
                return;
        for (size_t i = command->first + 1; i < command->count; i++)
                if (is_url(command->words[i]))
                        note_download(c, last_part(command->words[i]));
}

/* A checksum or signature that is looked at clears all that was downloaded before. */
static bool verifies(const struct shell_command *command) {
        static const char *const sums[] = { "sha256sum", "sha512sum", "sha384sum", "shasum",
                                            "b2sum",     "md5sum",    "sha1sum",   "openssl" };
        static const char *const signers[] = {
                "cosign", "gpg", "gpg2", "gpgv", "gh", "slsa-verifier", "minisign", "Get-FileHash"
        };
        struct str program = shell_program(command);
        bool is_checked = command->is_substituted;

        for (size_t i = command->first; i < command->count; i++) {
                struct str word = shell_word(command->words[i]);

                is_checked |= str_eq(word, STR("-c")) || str_eq(word, STR("--check")) ||
                              str_contains(word, STR("verify")) || str_eq(word, STR("-Vm"));
                /* [ "$(sha256sum FILE)" = ... ] */
                for (size_t j = 0; j < COUNT_OF(sums) - 1 && i > command->first; j++)
                        if (str_contains(word, str_of(sums[j])) && str_contains(word, STR("$(")))
                                return true;
        }
        if (is_one_of(program, sums, COUNT_OF(sums)))
                return is_checked;
        return str_eq(program, STR("gpgv")) || str_eq(program, STR("Get-FileHash")) ||
               (is_one_of(program, signers, COUNT_OF(signers)) && is_checked);
}

static bool was_downloaded(const struct commands *c, struct str word) {
        const struct downloads *downloads = &c->traits->downloads;

        for (size_t i = 0; i < MIN_OF(downloads->count, DOWNLOADS_MAX); i++)
                if (str_eq(downloads->names[i], plain_name(word)))
                        return true;
        return false;
}

/* The program itself, or the first argument of a shell that is no flag. */
static void look_at_run(struct commands *c, const struct shell_command *command) {
        bool runs_file = runs_its_words(command) ||
                         is_one_of(shell_program(command), readers, COUNT_OF(readers));
        struct str program = program_word(command);

        if (was_downloaded(c, program) && str_contains(shell_word(program), STR("/")))
                found_curl_sh(c, program);
        for (size_t i = command->first + 1; runs_file && i < command->count; i++) {
                struct str word = shell_word(command->words[i]);

                if (str_has_prefix(word, STR("-")) && !str_eq(word, STR("-c")))
                        continue;
                if (was_downloaded(c, word))
                        found_curl_sh(c, program);
                return;
        }
}

static void look_at_files(struct commands *c, const struct shell_command *command) {
        if (verifies(command))
                c->traits->downloads.count = 0;
        else if (is_download(shell_program(command)))
                note_downloads(c, command);
        else if (c->traits->downloads.count)
                look_at_run(c, command);
}

static void look_at_download(struct commands *c, const struct shell_command *command) {
        struct str program = shell_program(command);

        if (is_download(program) && command->is_substituted && c->fed_by_substitution)
                found_curl_sh(c, c->fed);
        if (command->is_piped && c->from_download &&
            (runs_its_input(command) || is_powershell_eval(program)))
                found_curl_sh(c, program_word(command));
        look_at_quoted_download(c, command);
        c->from_download = is_download(program) || (command->is_piped && c->from_download);
        c->fed_by_substitution = runs_its_words(command) && ends_in_substitution(command);
        c->fed = program_word(command);
}

/* ---- text of outsiders in variables of the shell ---- */

static bool runs_text(const struct shell_command *command) {
        struct str program = shell_program(command);

        return str_eq(program, STR("eval")) ||
               (is_one_of(program, shells, COUNT_OF(shells)) && shell_has(command, STR("-c")));
}

/* GitLab hands these over in the environment; a second reading by a shell would run them. */
static void look_at_second_reading(struct commands *c, const struct shell_command *command) {
        static const char *const names[] = {
                "CI_MERGE_REQUEST_TITLE", "CI_MERGE_REQUEST_DESCRIPTION",
                "CI_COMMIT_MESSAGE",      "CI_COMMIT_TITLE",
                "CI_COMMIT_DESCRIPTION",  "CI_COMMIT_AUTHOR",
                "CI_COMMIT_TAG_MESSAGE",  "CI_MERGE_REQUEST_SOURCE_BRANCH_NAME",
        };

        if (c->scan->file->platform != SCAN_GITLAB || !runs_text(command))
                return;
        for (size_t i = command->first + 1; i < command->count; i++)
                for (size_t j = 0; j < COUNT_OF(names); j++) {
                        struct str word = command->words[i];
                        size_t at = str_find_str(word, str_of(names[j]));

                        if (at == SIZE_MAX || !at || word.ptr[0] == '\'' ||
                            (word.ptr[at - 1] != '$' && word.ptr[at - 1] != '{'))
                                continue;
                        scan_flaw(c->scan, FLAW_INJECTION,
                                  place_of(c, str_slice(word, at, word.len)), str_of(names[j]));
                }
}

static void look_at_command(void *ctx, const struct shell_command *command) {
        struct commands *c = ctx;
        struct str program;

        if (scan_is_full(c->scan))
                return;
        look_at_goflags(c, command);
        if (command->first >= command->count)
                return;
        program = shell_program(command);
        for (size_t i = 0; i < COUNT_OF(programs); i++)
                if (str_eq(program, str_of(programs[i].program)))
                        programs[i].look(c, command);
        look_at_download(c, command);
        look_at_files(c, command);
        look_at_second_reading(c, command);
        c->scan->file->races |= command_races(command);
}

void scan_script(struct scan *s, const struct script *script, struct job_traits *traits) {
        struct commands commands = { .scan = s, .script = script, .traits = traits };

        shell_each(script->text, look_at_command, &commands);
}

void scan_script_node(struct scan *s, const struct yaml_node *node, struct job_traits *traits) {
        struct script script;

        if (node->kind != YAML_SCALAR || !scan_may_read(s, node->text.len))
                return;
        script_of_node(s->arena, &s->source, node, &script);
        scan_script(s, &script, traits);
}

/* ---- a file ---- */

/* A matrix, an input or a variable may hold the flag as well. */
static bool mentions_race(struct scan *s, const struct yaml_node *node) {
        if (node->kind == YAML_SCALAR)
                return scan_may_read(s, node->text.len) && scan_has_race(node->text);
        for (size_t i = 0; i < node->count; i++)
                if (mentions_race(s, node->kind == YAML_SEQUENCE ? &node->items[i]
                                                                 : &node->pairs[i].value))
                        return true;
        return false;
}

static bool scan_yaml(struct scan *s, struct str text, struct err *err) {
        struct yaml_node root;

        if (!yaml_parse_foreign(s->arena, s->file->path, text, &root, err))
                return false;
        if (root.kind == YAML_NULL)
                return true;
        if (root.kind != YAML_MAPPING)
                return err_at(err, ERR_SYNTAX, s->file->path, root.line, root.column,
                              "a pipeline file is a mapping, not %s", yaml_kind_name(&root));
        s->file->races |= mentions_race(s, &root);
        if (s->file->platform == SCAN_GITLAB)
                scan_gitlab(s, &root);
        else
                scan_actions(s, &root);
        if (s->read > SCAN_SCRIPTS_MAX)
                return err_at(err, ERR_LIMIT, s->file->path, 0, 0,
                              "its scripts have over %zu bytes, aliases counted", SCAN_SCRIPTS_MAX);
        return true;
}

bool scan_read(struct arena *arena, struct str path, enum scan_platform platform, struct str text,
               struct scan_file *ret_file, struct err *err) {
        struct scan scan = { .arena = arena, .file = ret_file };

        *ret_file = (struct scan_file){ .path = path, .platform = platform };
        if (text.len > SCAN_FILE_MAX)
                return err_at(err, ERR_LIMIT, path, 0, 0, "has over %zu bytes", SCAN_FILE_MAX);
        source_make(arena, text, &scan.source);
        if (platform != SCAN_JENKINS)
                return scan_yaml(&scan, text, err);
        scan_jenkins(&scan);
        return true;
}
