#include "leak/generic.h"
#include "leak/scan_impl.h"

#include <string.h>

/* The bytes of a set: this, what it was made of, which rules the database leaves out, the database.
 */
#define SET_MAGIC STR("weir.secrets/1\n")

static bool is_generic(const struct ruleset *rules) {
        for (size_t i = 0; i < rules->count; i++)
                if (rules->rules[i].detector != DETECTOR_REGEX)
                        return true;
        return false;
}

/* The expressions of the first stage, in the order of their numbers. */
static struct str *expressions_of(struct arena *arena, const struct scan_set *set) {
        struct str *firsts = ARENA_ARRAY(arena, struct str, set->expression_count);
        size_t triggers = set->expression_count - set->rules->count;

        for (size_t i = 0; i < set->rules->count; i++)
                if (set->rules->rules[i].regex)
                        firsts[i] = set->rules->rules[i].regex->first;
        for (size_t i = 0; i < triggers; i++)
                firsts[set->rules->count + i] = generic_triggers[i];
        return firsts;
}

static struct digest digest_of_expressions(const struct str *firsts, size_t count) {
        struct digest_hasher hasher;

        digest_begin(&hasher);
        digest_add(&hasher, database_version());
        for (size_t i = 0; i < count; i++) {
                digest_add(&hasher, firsts[i]);
                digest_add(&hasher, (struct str){ "", 1 });
        }
        return digest_end(&hasher);
}

static bool compile(struct arena *arena, struct scan_set *set, const struct str *firsts,
                    struct err *err) {
        bool *left_out = ARENA_ARRAY(arena, bool, set->expression_count);

        set->left_out = left_out;
        if (!set->expression_count)
                return true;
        /* Rules without any expression that can be scanned for are searched for alone. */
        return database_compile(firsts, set->expression_count, left_out, &set->database, err) ||
               err->code == ERR_UNSUPPORTED;
}

static bool is_of(struct str bytes, const struct digest *made_of, size_t head) {
        return bytes.len > head && str_has_prefix(bytes, SET_MAGIC) &&
               !memcmp(bytes.ptr + SET_MAGIC.len, made_of->bytes, DIGEST_SIZE);
}

static bool load(struct arena *arena, struct scan_set *set, const struct str *firsts,
                 struct str bytes, struct err *err) {
        struct digest made_of = digest_of_expressions(firsts, set->expression_count);
        size_t flags = SET_MAGIC.len + DIGEST_SIZE, head = flags + set->expression_count;
        bool *left_out = ARENA_ARRAY(arena, bool, set->expression_count);

        if (!is_of(bytes, &made_of, head))
                return err_set(err, ERR_UNSUPPORTED,
                               "the database of secrets rules was made for something else");
        for (size_t i = 0; i < set->expression_count; i++)
                left_out[i] = bytes.ptr[flags + i];
        set->left_out = left_out;
        return database_load(str_slice(bytes, head, bytes.len), &set->database, err);
}

static const bool *required_rules(struct arena *arena, const struct ruleset *rules) {
        bool *is_required = ARENA_ARRAY(arena, bool, rules->count);

        for (size_t i = 0; i < rules->count; i++)
                for (size_t k = 0; k < rules->rules[i].required_count; k++)
                        is_required[rules->rules[i].required[k].rule] = true;
        return is_required;
}

bool scan_set_make(struct arena *arena, const struct scan_source *source, struct scan_set **ret_set,
                   struct err *err) {
        struct scan_set *set = ARENA_NEW(arena, struct scan_set);
        struct str *firsts;

        if (!database_can_scan()) {
                err_set(err, ERR_UNSUPPORTED, "this processor has no SSE4.2");
                return err_mend(err, "run weir on another machine, or --skip secrets");
        }
        set->rules = source->rules;
        set->is_required = required_rules(arena, source->rules);
        set->key = source->key;
        set->known_key = source->known_key;
        set->has_generic = is_generic(source->rules);
        set->expression_count =
                source->rules->count + (set->has_generic ? generic_trigger_count : 0);
        firsts = expressions_of(arena, set);
        if (!(source->database.len ? load(arena, set, firsts, source->database, err)
                                   : compile(arena, set, firsts, err)))
                return false;
        *ret_set = set;
        return true;
}

void scan_set_close(struct scan_set **set) {
        if (!*set)
                return;
        database_close(&(*set)->database);
        database_close(&(*set)->wide);
        ruleset_free_codes((*set)->rules);
        *set = NULL;
}

bool scan_set_database(struct arena *arena, const struct scan_set *set, struct str *ret_bytes,
                       struct err *err) {
        struct digest made_of =
                digest_of_expressions(expressions_of(arena, set), set->expression_count);
        struct str database;
        char *at;

        if (!set->database)
                return err_set(err, ERR_UNSUPPORTED, "no rule can be scanned for");
        if (!database_serialize(arena, set->database, &database, err))
                return false;
        *ret_bytes = (struct str){ .len = SET_MAGIC.len + DIGEST_SIZE + set->expression_count +
                                          database.len };
        at = arena_alloc(arena, ret_bytes->len);
        ret_bytes->ptr = at;
        memcpy(at, SET_MAGIC.ptr, SET_MAGIC.len);
        at += SET_MAGIC.len;
        memcpy(at, made_of.bytes, DIGEST_SIZE);
        at += DIGEST_SIZE;
        for (size_t i = 0; i < set->expression_count; i++)
                *at++ = set->left_out[i];
        memcpy(at, database.ptr, database.len);
        return true;
}

const struct ruleset *scan_set_rules(const struct scan_set *set) {
        return set->rules;
}

bool scan_set_prepare_parts(struct arena *arena, struct scan_set *set, struct err *err) {
        struct str *firsts = expressions_of(arena, set);
        bool *ignored = ARENA_ARRAY(arena, bool, set->expression_count);
        size_t wide = 0;

        for (size_t i = 0; i < set->expression_count; i++) {
                size_t width = set->left_out[i] ? 0 : database_width(arena, firsts[i]);

                if (set->left_out[i] || width <= SCAN_REACH_MAX)
                        firsts[i] = STR_NONE;
                else
                        wide++;
        }
        return !wide || database_compile(firsts, set->expression_count, ignored, &set->wide, err);
}
