#include "policy/config_tests.h"

static const struct {
        struct str name;
        bool takes_value; /* written -name=value */
} allowed_args[] = {
        { STR_INIT("run"), true },       { STR_INIT("skip"), true },
        { STR_INIT("parallel"), true },  { STR_INIT("p"), true },
        { STR_INIT("cpu"), true },       { STR_INIT("coverpkg"), true },
        { STR_INIT("bench"), true },     { STR_INIT("benchtime"), true },
        { STR_INIT("fuzztime"), true },  { STR_INIT("mod"), true },
        { STR_INIT("ldflags"), true },   { STR_INIT("failfast"), false },
        { STR_INIT("fullpath"), false }, { STR_INIT("trimpath"), false },
        { STR_INIT("benchmem"), false },
};

/* Setting variables of the program is what tests need; anything else may name a linker. */
static bool only_sets_variables(struct str flags) {
        struct str word;
        bool is_value = false;

        while (str_next_word(&flags, &word)) {
                if (is_value)
                        is_value = false;
                else if (str_eq(word, STR("-X")))
                        is_value = true;
                else if (!str_has_prefix(word, STR("-X=")) && !str_eq(word, STR("-s")) &&
                         !str_eq(word, STR("-w")))
                        return false;
        }
        return !is_value;
}

const char *config_wrong_test_arg(struct str item) {
        struct str name = item, value = STR_NONE;
        bool has_value = str_cut(item, '=', &name, &value);

        name = str_drop_prefix(str_drop_prefix(name, STR("-")), STR("-"));
        if (!str_has_prefix(item, STR("-")))
                return "is no flag; write -name=value";
        if (str_eq(name, STR("ldflags")) && !only_sets_variables(value))
                return "may only set variables (-X)";
        for (size_t i = 0; i < COUNT_OF(allowed_args); i++) {
                if (!str_eq(name, allowed_args[i].name))
                        continue;
                if (allowed_args[i].takes_value && !has_value)
                        return "needs its value in the same item: -name=value";
                return NULL;
        }
        return "is not among the arguments that a repository may set";
}

const char *config_wrong_test_package(struct str item) {
        struct str part, rest = item;
        bool more = true;

        if (str_has_prefix(item, STR("-")))
                return "is no package pattern";
        while (more) {
                more = str_cut(rest, '/', &part, &rest);
                if (str_eq(more ? part : rest, STR("..")))
                        return "leaves the module";
        }
        return str_has_prefix(item, STR("/")) ? "leaves the module" : NULL;
}

static bool is_name(struct str text) {
        for (size_t i = 0; i < text.len; i++) {
                char c = text.ptr[i];

                if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '.' ||
                      (c >= '0' && c <= '9')))
                        return false;
        }
        return text.len > 0;
}

const char *config_wrong_test_tag(struct str item) {
        return is_name(item) ? NULL : "is no build tag";
}

/* GORACE could silence the detector; the rest is what weir itself sets. */
const char *config_wrong_test_env(struct str item) {
        static const struct str ours[] = { STR_INIT("GORACE"), STR_INIT("GOCACHE"),
                                           STR_INIT("GOCOVERDIR") };
        struct str name = item, value;

        if (!str_cut(item, '=', &name, &value) || !is_name(name))
                return "is not NAME=value";
        for (size_t i = 0; i < COUNT_OF(ours); i++)
                if (str_eq(name, ours[i]))
                        return "is weir's to set";
        return NULL;
}
