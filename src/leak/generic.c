#include "leak/generic_impl.h"

#include "data/digest.h"
#include "data/utf8.h"
#include "leak/quiet.h"
#include "leak/words.h"

#include <stdlib.h>
#include <string.h>

#define ENCODED_MAX ((size_t)64 << 10) /* bytes of a value in base64 that is decoded */

static const struct language {
        enum place_language language;
        void (*scan)(struct generic_scan *scan);
} languages[] = {
        { LANGUAGE_GO, generic_go },          { LANGUAGE_YAML, generic_yaml },
        { LANGUAGE_JSON, generic_json },      { LANGUAGE_TOML, generic_toml },
        { LANGUAGE_DOTENV, generic_dotenv },  { LANGUAGE_PROPERTIES, generic_properties },
        { LANGUAGE_SHELL, generic_shell },    { LANGUAGE_MARKUP, generic_markup },
        { LANGUAGE_TEXT, generic_text_file }, { LANGUAGE_SCRIPT, generic_script },
};

static const struct str translation_folders[] = {
        STR_INIT("i18n"),      STR_INIT("locale"),      STR_INIT("locales"),
        STR_INIT("lang"),      STR_INIT("langs"),       STR_INIT("translations"),
        STR_INIT("l10n"),      STR_INIT("translation"), STR_INIT("intl"),
        STR_INIT("languages"), STR_INIT("locals"),      STR_INIT("nls"),
        STR_INIT("messages"),
};

/* en.json, zh-CN.yaml, pt_BR.toml, messages_de.properties */
static bool is_language_file(struct str name) {
        struct str stem, ending, language;

        if (!str_cut(name, '.', &stem, &ending))
                return false;
        if (str_has_prefix(stem, STR("messages")) || str_has_prefix(stem, STR("locale")))
                return true;
        language = stem;
        if (!str_cut(stem, '-', &language, &ending))
                str_cut(stem, '_', &language, &ending);
        return language.len == 2 && (stem.len == 2 || stem.len == 5) && language.ptr[0] >= 'a' &&
               language.ptr[0] <= 'z';
}

static bool is_translation(struct str path) {
        struct str folder;

        while (str_cut(path, '/', &folder, &path))
                for (size_t i = 0; i < COUNT_OF(translation_folders); i++)
                        if (str_eq_fold(folder, translation_folders[i]))
                                return true;
        return is_language_file(path);
}

static bool is_inside(struct str whole, struct str part) {
        return part.ptr && part.ptr >= whole.ptr && part.ptr <= whole.ptr + whole.len;
}

void generic_add(struct generic_scan *scan, enum generic_kind kind, struct str name,
                 struct str value, struct str written) {
        struct generic_candidate *candidate;

        if (scan->encoded.len)
                written = scan->encoded;
        if (!is_inside(scan->text, written))
                return;
        candidate = VEC_ADD(scan->arena, &scan->found);
        *candidate = (struct generic_candidate){ .kind = kind,
                                                 .value = value,
                                                 .name = name,
                                                 .offset = (size_t)(written.ptr - scan->text.ptr),
                                                 .written = written.len };
}

/* Words in base64 are words. */
static bool is_encoded_text(struct generic_scan *scan, struct str value) {
        struct str text;

        return value.len % 4 == 0 && generic_decode(scan->arena, value, &text) &&
               (words_only(str_trim(text)) || quiet_is_placeholder(text));
}

static bool is_offered(struct generic_scan *scan, struct str name, struct str value,
                       enum demand demand) {
        enum name_class class = name_class_of(name);

        return (class > NAME_SESSION || (class == NAME_SESSION && scan->recorded)) &&
               generic_is_secret(class, name, value, scan->guarded ? DEMAND_RANDOM : demand) &&
               !is_encoded_text(scan, value);
}

void generic_offer(struct generic_scan *scan, struct str name, struct str value, struct str written,
                   enum demand demand) {
        if (is_offered(scan, name, value, demand))
                generic_add(scan, GENERIC_ASSIGNMENT, name, value, written);
}

void generic_offer_declared(struct generic_scan *scan, struct str name, struct str value,
                            struct str written, enum demand demand) {
        if (name_class_of(name) == NAME_KEY && words_are_uuid(value) &&
            !quiet_is_placeholder(value))
                generic_add(scan, GENERIC_ASSIGNMENT, name, value, written);
        else
                generic_offer(scan, name, value, written, demand);
}

static struct str padded(struct arena *arena, struct str value) {
        static const char *const pads[] = { "", "", "==", "=" };

        return value.len % 4 ? str_fmt(arena, "%.*s%s", STR_ARG(value), pads[value.len % 4])
                             : value;
}

bool generic_decode(struct arena *arena, struct str value, struct str *ret_text) {
        struct str text;

        if (value.len < 4 || value.len > ENCODED_MAX ||
            !base64_decode(arena, padded(arena, value), &text) || !utf8_is_valid(text))
                return false;
        for (size_t i = 0; i < text.len; i++)
                if ((unsigned char)text.ptr[i] < ' ' && !strchr("\t\r\n", text.ptr[i]))
                        return false;
        *ret_text = text;
        return text.len > 0;
}

void generic_encoded(struct generic_scan *scan, struct str name, struct str value) {
        static const struct line_rules rules = { .equals = true,
                                                 .colon = true,
                                                 .bare = true,
                                                 .bare_line = true,
                                                 .bare_names = true,
                                                 .hash_comments = true,
                                                 .demand = DEMAND_MIXED };
        struct str text;

        if (scan->encoded.len || !generic_decode(scan->arena, value, &text))
                return;
        scan->encoded = value;
        generic_add(scan, GENERIC_DERIVED, name, text, value);
        generic_offer(scan, name, str_trim(text), value, DEMAND_WORD);
        generic_text(scan, text, value);
        generic_auths(scan, text);
        generic_lines(scan, text, &rules);
        scan->encoded = STR_NONE;
}

static int by_place(const void *a, const void *b) {
        const struct generic_candidate *left = a, *right = b;

        if (left->offset != right->offset)
                return left->offset < right->offset ? -1 : 1;
        return left->kind == right->kind ? 0 : left->kind < right->kind ? -1 : 1;
}

/* One place is told once, by whoever found it first; a derived text is told for itself. */
static bool is_told(const struct generic_scan *scan, size_t at) {
        const struct generic_candidate *now = &scan->found.items[at], *before = now - 1;

        return at && now->kind != GENERIC_DERIVED && before->kind != GENERIC_DERIVED &&
               now->offset == before->offset;
}

static void tell(struct generic_scan *scan, generic_sink *sink, void *ctx) {
        struct str text = scan->text;
        size_t at = 0, line_start = 0;
        uint32_t line = 1;

        if (scan->found.count)
                qsort(scan->found.items, scan->found.count, sizeof(*scan->found.items), by_place);
        for (size_t i = 0; i < scan->found.count; i++) {
                struct generic_candidate *candidate = &scan->found.items[i];
                const char *end;

                while ((end = memchr(text.ptr + at, '\n', candidate->offset - at))) {
                        at = line_start = (size_t)(end - text.ptr) + 1;
                        line++;
                }
                at = candidate->offset;
                candidate->line = line;
                candidate->column = (uint32_t)(candidate->offset - line_start) + 1;
                if (!is_told(scan, i))
                        sink(ctx, candidate);
        }
}

void generic_scan(struct arena *arena, struct str path, struct str text, uint64_t triggers,
                  generic_sink *sink, void *ctx) {
        struct generic_scan scan = { .arena = arena,
                                     .path = path,
                                     .text = text,
                                     .triggers = triggers,
                                     .guarded = is_translation(path) };
        enum place_language language = place_language_of(path);

        if (place_kind_of(path) >= PLACE_VENDOR)
                return;
        if (language == LANGUAGE_OTHER && str_has_prefix(text, STR("#!")))
                language = LANGUAGE_SHELL;
        for (size_t i = 0; i < COUNT_OF(languages); i++)
                if (languages[i].language == language)
                        languages[i].scan(&scan);
        tell(&scan, sink, ctx);
}
