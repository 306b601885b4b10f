#include "golang/citoolchain.h"

static const struct {
        struct str start, end;
} pipelines[] = {
        { STR_INIT(".github/workflows/"), STR_INIT(".yml") },
        { STR_INIT(".github/workflows/"), STR_INIT(".yaml") },
        { STR_INIT(".gitea/workflows/"), STR_INIT(".yml") },
        { STR_INIT(".gitea/workflows/"), STR_INIT(".yaml") },
        { STR_INIT(".forgejo/workflows/"), STR_INIT(".yml") },
        { STR_INIT(".gitlab-ci"), STR_INIT(".yml") },
        { STR_INIT(".drone"), STR_INIT(".yml") },
        { STR_INIT(".woodpecker"), STR_INIT(".yml") },
        { STR_INIT(".woodpecker/"), STR_INIT(".yaml") },
        { STR_INIT(".circleci/config"), STR_INIT(".yml") },
        { STR_INIT("azure-pipelines"), STR_INIT(".yml") },
        { STR_INIT("Jenkinsfile"), STR_INIT("") },
};

bool citoolchain_is_pipeline(struct str path) {
        for (size_t i = 0; i < COUNT_OF(pipelines); i++)
                if (str_has_prefix(path, pipelines[i].start) &&
                    str_has_suffix(path, pipelines[i].end))
                        return true;
        return false;
}

static bool is_digit(char c) {
        return c >= '0' && c <= '9';
}

static bool is_name(char c) {
        return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
               c == '-';
}

/* The words after which versions stand; nothing of a name may stand before them. */
static const struct {
        struct str word;
        bool only_numbers; /* the word has other uses too: a number or a list must follow */
} marks[] = {
        { STR_INIT("go-version:"), false },     { STR_INIT("go_version:"), false },
        { STR_INIT("GO_VERSION:"), false },     { STR_INIT("go-versions:"), false },
        { STR_INIT("golang-version:"), false }, { STR_INIT("GOLANG_VERSION:"), false },
        { STR_INIT("golang:"), false },         { STR_INIT("go:"), true },
};

static bool has_number(struct str value) {
        value = str_trim(value);
        return value.len && (is_digit(value.ptr[0]) || value.ptr[0] == '[' || value.ptr[0] == '"' ||
                             value.ptr[0] == '\'');
}

/* Where the versions of the line begin; SIZE_MAX where it names none. */
static size_t after_mark(struct str line) {
        for (size_t i = 0; i < COUNT_OF(marks); i++) {
                size_t at = str_find_str(line, marks[i].word);
                size_t end = at + marks[i].word.len;

                if (at == SIZE_MAX || (at > 0 && is_name(line.ptr[at - 1])))
                        continue;
                if (!marks[i].only_numbers || has_number(str_slice(line, end, line.len)))
                        return end;
        }
        return SIZE_MAX;
}

/* The length of N.N or N.N.N at the start of s; 0 where it is no Go version. */
static size_t version_length(struct str s) {
        size_t i = 0, dots = 0;

        while (i < s.len && (is_digit(s.ptr[i]) || (s.ptr[i] == '.' && dots < 2 && i + 1 < s.len &&
                                                    is_digit(s.ptr[i + 1])))) {
                dots += s.ptr[i] == '.';
                i++;
        }
        return dots && s.ptr[0] == '1' ? i : 0;
}

bool citoolchain_next(struct str line, size_t *at, struct str *ret_version) {
        size_t from = *at ? *at : after_mark(line);

        if (from == SIZE_MAX)
                return false;
        for (size_t i = from; i < line.len && line.ptr[i] != '#'; i++) {
                struct str rest = str_slice(line, i, line.len);
                bool in_name = i > 0 && (is_name(line.ptr[i - 1]) || line.ptr[i - 1] == '.');
                bool ranged = i > 0 && (line.ptr[i - 1] == '^' || line.ptr[i - 1] == '~' ||
                                        line.ptr[i - 1] == '=' || line.ptr[i - 1] == '>');
                size_t len = is_digit(line.ptr[i]) && !in_name ? version_length(rest) : 0;

                if (!len)
                        continue;
                *at = i + len;
                *ret_version = str_slice(rest, 0, len);
                if (!ranged)
                        return true;
                i += len - 1;
        }
        return false;
}
