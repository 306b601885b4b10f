#include "gomod/godebug.h"

#include "gomod/gover.h"

static const struct setting {
        struct str name;
        int removed; /* N of go1.N; 0: known */
} settings[] = {
#define GODEBUG(name, removed) { STR_INIT(#name), removed },
#include "gomod/godebug.def"
#undef GODEBUG
};

static bool has_any(struct str s, char a, char b) {
        return str_find(s, a) != SIZE_MAX || str_find(s, b) != SIZE_MAX;
}

static bool check_default(struct str value, struct str go_version, struct err *err) {
        struct str version = str_drop_prefix(value, STR("go"));

        if (version.len == value.len || !gover_is_valid(version))
                return err_set(err, ERR_SYNTAX, "value for default= must be goVERSION");
        if (go_version.len && gover_compare(version, go_version) > 0)
                return err_set(err, ERR_SYNTAX, "default=%.*s too new (toolchain is go%.*s)",
                               STR_ARG(value), STR_ARG(go_version));
        return true;
}

bool godebug_check(struct str key, struct str value, struct str go_version, struct err *err) {
        if (has_any(key, ' ', '\t') || has_any(value, ' ', '\t'))
                return err_set(err, ERR_SYNTAX, "key or value contains space");
        if (has_any(key, ',', ',') || has_any(value, ',', ','))
                return err_set(err, ERR_SYNTAX, "key or value contains comma");
        if (str_eq(key, STR("default")))
                return check_default(value, go_version, err);
        for (size_t i = 0; i < COUNT_OF(settings); i++) {
                if (!str_eq(settings[i].name, key))
                        continue;
                if (!settings[i].removed)
                        return true;
                return err_set(err, ERR_SYNTAX, "use of removed godebug \"%.*s\" (go1.%d)",
                               STR_ARG(key), settings[i].removed);
        }
        return err_set(err, ERR_SYNTAX, "unknown godebug \"%.*s\"", STR_ARG(key));
}
