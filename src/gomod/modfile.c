#include "gomod/modfile.h"

#include "base/vec.h"
#include "data/unicode.h"
#include "gomod/gover.h"
#include "gomod/semver.h"

/* Where the parser stands: the line, its verb, and what follows the verb. */
struct directive {
        const struct mod_line *line;
        struct str verb;
        const struct mod_token *args;
        size_t arg_count;
};

struct reader {
        struct arena *arena;
        struct str name;
        struct modfile *mod;
        struct err *err;
        size_t godebug_capacity, require_capacity, exclude_capacity, replace_capacity,
                retract_capacity, tool_capacity, ignore_capacity, use_capacity;
};

typedef bool read_directive(struct reader *r, const struct directive *d);

#define ADD(r, list)                                                                               \
        ((r)->mod->list##s = vec_reserve((r)->arena, (r)->mod->list##s, (r)->mod->list##_count,    \
                                         &(r)->list##_capacity, sizeof(*(r)->mod->list##s)),       \
         &(r)->mod->list##s[(r)->mod->list##_count++])

#define FAIL(r, d, ...)                                                                            \
        err_at((r)->err, ERR_SYNTAX, (r)->name, (d)->line->pos.line, (d)->line->pos.column,        \
               __VA_ARGS__)

static struct modfile_place place_of(struct reader *r, const struct directive *d) {
        return (struct modfile_place){ .pos = d->line->pos,
                                       .comment = modsyntax_comment_text(r->arena, d->line) };
}

static bool is_strict(const struct reader *r) {
        return r->mod->kind != MODFILE_DEPENDENCY;
}

/* The value of one argument. */
static bool read_string(struct reader *r, const struct directive *d, size_t index,
                        struct str *ret_value) {
        const char *why;

        if (!modsyntax_value(r->arena, d->args[index], ret_value, &why))
                return FAIL(r, d, "invalid quoted string: %s", why);
        return true;
}

static void note_noncanonical(struct reader *r, struct mod_pos pos, struct str version) {
        if (r->mod->kind != MODFILE_MAIN || r->mod->noncanonical_pos.line)
                return;
        r->mod->noncanonical_pos = pos;
        r->mod->noncanonical = version;
}

/* In a main module the go command also asks that version and path belong together here. */
static bool check_fixed_version(struct reader *r, const struct directive *d, struct str path,
                                struct str version) {
        struct str prefix, major;
        struct err cause;

        if (r->mod->kind != MODFILE_MAIN)
                return true;
        if (!modpath_split_major(path, &prefix, &major))
                return FAIL(r, d, "%.*s %.*s: malformed module path", STR_ARG(d->verb),
                            STR_ARG(path));
        if (!modpath_check_major(version, major, &cause))
                return FAIL(r, d, "%.*s %.*s: %s", STR_ARG(d->verb), STR_ARG(path), cause.message);
        return true;
}

/* The version in a token, made canonical. */
static bool read_version(struct reader *r, const struct directive *d, struct str path,
                         struct mod_token token, struct str *ret_version) {
        struct str version, canonical;
        const char *why;

        if (!modsyntax_value(r->arena, token, &version, &why))
                return FAIL(r, d, "%.*s %.*s: version \"%.*s\" invalid: %s", STR_ARG(d->verb),
                            STR_ARG(path), STR_ARG(token.text), why);
        canonical = semver_module_canonical(r->arena, version);
        if (canonical.len == 0)
                return FAIL(r, d, "%.*s %.*s: version \"%.*s\" invalid: must be of the form v1.2.3",
                            STR_ARG(d->verb), STR_ARG(path), STR_ARG(version));
        if (!str_eq(canonical, version))
                note_noncanonical(r, d->line->pos, version);
        *ret_version = canonical;
        return check_fixed_version(r, d, path, canonical);
}

/* module path and version of require and exclude. */
static bool read_mod_version(struct reader *r, const struct directive *d,
                             struct mod_version *ret_mod) {
        struct str prefix, major;
        struct err cause;

        if (d->arg_count != 2)
                return FAIL(r, d, "usage: %.*s module/path v1.2.3", STR_ARG(d->verb));
        if (!read_string(r, d, 0, &ret_mod->path) ||
            !read_version(r, d, ret_mod->path, d->args[1], &ret_mod->version))
                return false;
        if (!modpath_split_major(ret_mod->path, &prefix, &major))
                return FAIL(r, d, "invalid module path");
        if (!modpath_check_major(ret_mod->version, major, &cause))
                return FAIL(r, d, "%.*s %.*s: %s", STR_ARG(d->verb), STR_ARG(ret_mod->path),
                            cause.message);
        return true;
}

static size_t count_digits(struct str s) {
        size_t count = 0;

        while (count < s.len && s.ptr[count] >= '0' && s.ptr[count] <= '9')
                count++;
        return count;
}

/* Takes "N.N" with N not written with a needless zero, and the first not 0. */
static bool take_major_minor(struct str *rest) {
        size_t major = count_digits(*rest), minor;
        struct str after = str_slice(*rest, major + 1, rest->len);

        if (major == 0 || *rest->ptr == '0' || major == rest->len || rest->ptr[major] != '.')
                return false;
        minor = count_digits(after);
        if (minor == 0 || (minor > 1 && *after.ptr == '0'))
                return false;
        *rest = str_slice(after, minor, after.len);
        return true;
}

/* ^[1-9][0-9]*\.N(\.N)?([a-z]+[0-9]+)?$ */
static bool is_go_version(struct str version) {
        struct str rest = version;
        size_t len = 0;

        if (!take_major_minor(&rest))
                return false;
        if (rest.len && *rest.ptr == '.') {
                len = count_digits(str_slice(rest, 1, rest.len));
                if (len == 0 || (len > 1 && rest.ptr[1] == '0'))
                        return false;
                rest = str_slice(rest, 1 + len, rest.len);
        }
        for (len = 0; len < rest.len && rest.ptr[len] >= 'a' && rest.ptr[len] <= 'z';)
                len++;
        rest = str_slice(rest, len, rest.len);
        return (len > 0) == (rest.len > 0) && count_digits(rest) == rest.len;
}

/* In a dependency "v1.2.x" and the like count as their "1.2": ^v?(M.N)([^0-9].*)$ */
static bool lax_go_version(struct str version, struct str *ret_version) {
        struct str start = str_drop_prefix(version, STR("v")), rest = start;

        if (!take_major_minor(&rest) || rest.len == 0)
                return false;
        *ret_version = str_slice(start, 0, start.len - rest.len);
        return true;
}

static bool read_go(struct reader *r, const struct directive *d) {
        struct str version;

        if (r->mod->go.place.pos.line)
                return FAIL(r, d, "repeated go statement");
        if (d->arg_count != 1)
                return FAIL(r, d, "go directive expects exactly one argument");
        version = d->args[0].text;
        if (!is_go_version(version) && (is_strict(r) || !lax_go_version(version, &version)))
                return FAIL(r, d, "invalid go version '%.*s': must match format 1.23.0",
                            STR_ARG(version));
        r->mod->go = (struct modfile_word){ version, place_of(r, d) };
        return true;
}

static bool is_toolchain_name(struct str name) {
        return str_eq(name, STR("default")) || str_eq(name, STR("go1")) ||
               str_has_prefix(name, STR("go1."));
}

static bool read_toolchain(struct reader *r, const struct directive *d) {
        struct str name;

        if (r->mod->toolchain.place.pos.line)
                return FAIL(r, d, "repeated toolchain statement");
        if (d->arg_count != 1)
                return FAIL(r, d, "toolchain directive expects exactly one argument");
        name = d->args[0].text;
        if (!is_toolchain_name(name))
                return FAIL(r, d,
                            "invalid toolchain version '%.*s': must match format go1.23.0 or "
                            "default",
                            STR_ARG(name));
        r->mod->toolchain = (struct modfile_word){ name, place_of(r, d) };
        return true;
}

/* The paragraph of the comment that begins with "Deprecated:", without that word. */
static struct str deprecation_in(struct str comment) {
        struct str mark = STR("Deprecated:"), message;
        size_t at = 0;

        if (!str_has_prefix(comment, mark)) {
                at = str_find_str(comment, STR("\n\nDeprecated:"));
                if (at == SIZE_MAX)
                        return STR_NONE;
                at += 2;
        }
        message = str_slice(comment, at + mark.len, comment.len);
        while (message.len && *message.ptr == ' ')
                message = str_slice(message, 1, message.len);
        return str_slice(message, 0, MIN_OF(str_find_str(message, STR("\n\n")), message.len));
}

static bool read_module(struct reader *r, const struct directive *d) {
        struct modfile_module *module = &r->mod->module;

        if (module->place.pos.line)
                return FAIL(r, d, "repeated module statement");
        module->place = place_of(r, d);
        module->deprecated = deprecation_in(module->place.comment);
        if (d->arg_count != 1)
                return FAIL(r, d, "usage: module module/path");
        return read_string(r, d, 0, &module->path);
}

static bool read_godebug(struct reader *r, const struct directive *d) {
        struct str key, value;
        bool is_plain = d->arg_count == 1 && !d->args[0].quoted;

        for (size_t i = 0; is_plain && i < d->args[0].text.len; i++) {
                char c = d->args[0].text.ptr[i];

                is_plain = c != '"' && c != '`' && c != '\'' && c != ',';
        }
        if (!is_plain || !str_cut(d->args[0].text, '=', &key, &value))
                return FAIL(r, d, "usage: godebug key=value");
        *ADD(r, godebug) = (struct modfile_godebug){ key, value, place_of(r, d) };
        return true;
}

/* // indirect, or // indirect; and more words. */
static bool is_indirect(const struct mod_line *line) {
        struct str rest = str_drop_prefix(line->comments.suffix, STR("//")), word, more;

        if (!unicode_next_field(&rest, &word))
                return false;
        if (unicode_next_field(&rest, &more))
                return str_eq(word, STR("indirect;"));
        return str_eq(word, STR("indirect"));
}

static bool read_require(struct reader *r, const struct directive *d) {
        struct mod_version mod;

        if (!read_mod_version(r, d, &mod))
                return false;
        *ADD(r, require) = (struct modfile_require){ mod, is_indirect(d->line), place_of(r, d) };
        return true;
}

static bool read_exclude(struct reader *r, const struct directive *d) {
        struct mod_version mod;

        if (!read_mod_version(r, d, &mod))
                return false;
        *ADD(r, exclude) = (struct modfile_exclude){ mod, place_of(r, d) };
        return true;
}

/* path and, before the arrow, perhaps a version. */
static bool read_old(struct reader *r, const struct directive *d, size_t arrow,
                     struct mod_version *ret_old) {
        struct str prefix, major;
        struct err cause;

        if (!read_string(r, d, 0, &ret_old->path))
                return false;
        if (!modpath_split_major(ret_old->path, &prefix, &major))
                return FAIL(r, d, "replace %.*s: invalid module path", STR_ARG(ret_old->path));
        ret_old->version = STR_NONE;
        if (arrow == 1)
                return true;
        if (!read_version(r, d, ret_old->path, d->args[1], &ret_old->version))
                return false;
        if (!modpath_check_major(ret_old->version, major, &cause))
                return FAIL(r, d, "replace %.*s: %s", STR_ARG(ret_old->path), cause.message);
        return true;
}

static bool check_folder(struct reader *r, const struct directive *d, struct str path) {
        if (!modpath_is_directory(path)) {
                if (str_find(path, '@') != SIZE_MAX)
                        return FAIL(r, d,
                                    "replacement module must match format 'path version', not "
                                    "'path@version'");
                return FAIL(r, d,
                            "replacement module without version must be directory path (rooted or "
                            "starting with . or ..)");
        }
        if (str_find(path, '\\') != SIZE_MAX)
                return FAIL(r, d,
                            "replacement directory appears to be Windows path (on a non-windows "
                            "system)");
        return true;
}

static bool read_new(struct reader *r, const struct directive *d, size_t first,
                     struct mod_version *ret_new) {
        ret_new->version = STR_NONE;
        if (!read_string(r, d, first, &ret_new->path))
                return false;
        if (d->arg_count == first + 1)
                return check_folder(r, d, ret_new->path);
        if (!read_version(r, d, ret_new->path, d->args[first + 1], &ret_new->version))
                return false;
        if (modpath_is_directory(ret_new->path))
                return FAIL(r, d, "replacement module directory path \"%.*s\" cannot have version",
                            STR_ARG(ret_new->path));
        return true;
}

static bool read_replace(struct reader *r, const struct directive *d) {
        size_t arrow = d->arg_count >= 2 && str_eq(d->args[1].text, STR("=>")) ? 1 : 2;
        struct modfile_replace replace = { 0 };

        if (d->arg_count < arrow + 2 || d->arg_count > arrow + 3 ||
            !str_eq(d->args[arrow].text, STR("=>")))
                return FAIL(r, d,
                            "usage: replace module/path [v1.2.3] => other/module v1.4 or replace "
                            "module/path [v1.2.3] => ../local/directory");
        if (!read_old(r, d, arrow, &replace.old_mod) ||
            !read_new(r, d, arrow + 1, &replace.new_mod))
                return false;
        replace.place = place_of(r, d);
        *ADD(r, replace) = replace;
        return true;
}

static bool read_mark(struct reader *r, const struct directive *d, size_t index, const char *mark,
                      const char *after) {
        if (index < d->arg_count && str_eq(d->args[index].text, str_of(mark)))
                return true;
        return FAIL(r, d, "expected '%s' after %s", mark, after);
}

/* The version as it stands: in a main module it is held against the module's path, which may
 * stand below, when everything else was read. */
static bool read_interval_version(struct reader *r, const struct directive *d, size_t index,
                                  const char *after, struct str *ret_version) {
        const char *why;

        if (index >= d->arg_count)
                return FAIL(r, d, "expected version after '%s'", after);
        if (!modsyntax_value(r->arena, d->args[index], ret_version, &why))
                return FAIL(r, d, "retract: version \"%.*s\" invalid: %s",
                            STR_ARG(d->args[index].text), why);
        return true;
}

/* v1.2.3 or [v1.0.0, v1.2.3]; *ret_count is how many arguments it took. */
static bool read_interval(struct reader *r, const struct directive *d, struct str *ret_low,
                          struct str *ret_high, size_t *ret_count) {
        if (d->arg_count == 0 || str_eq(d->args[0].text, STR("(")))
                return FAIL(r, d, "expected '[' or version");
        *ret_count = 1;
        if (!str_eq(d->args[0].text, STR("["))) {
                if (!read_interval_version(r, d, 0, "", ret_low))
                        return false;
                *ret_high = *ret_low;
                return true;
        }
        *ret_count = 5;
        return read_interval_version(r, d, 1, "[", ret_low) && read_mark(r, d, 2, ",", "version") &&
               read_interval_version(r, d, 3, ",", ret_high) && read_mark(r, d, 4, "]", "version");
}

static bool make_canonical(struct reader *r, struct str *version) {
        *version = semver_module_canonical(r->arena, *version);
        return version->len > 0;
}

/* A dependency may use a form of interval that only a later Go knows: it is passed over. */
static bool read_lax_retract(struct reader *r, const struct directive *d) {
        struct modfile_retract retract = { .place = place_of(r, d) };
        struct err unread, *err = r->err;
        size_t count;

        r->err = &unread;
        if (read_interval(r, d, &retract.low, &retract.high, &count) &&
            make_canonical(r, &retract.low) && make_canonical(r, &retract.high))
                *ADD(r, retract) = retract;
        r->err = err;
        return true;
}

static bool read_retract(struct reader *r, const struct directive *d) {
        struct modfile_retract retract = { .place = place_of(r, d) };
        size_t count;

        if (!is_strict(r))
                return read_lax_retract(r, d);
        if (!read_interval(r, d, &retract.low, &retract.high, &count))
                return false;
        if (d->arg_count > count)
                return FAIL(r, d, "unexpected token after version: \"%.*s\"",
                            STR_ARG(d->args[count].text));
        *ADD(r, retract) = retract;
        return true;
}

static bool read_one_string(struct reader *r, const struct directive *d, struct str *ret_value) {
        if (d->arg_count != 1)
                return FAIL(r, d, "%.*s directive expects exactly one argument", STR_ARG(d->verb));
        return read_string(r, d, 0, ret_value);
}

static bool read_tool(struct reader *r, const struct directive *d) {
        struct str value;

        if (!read_one_string(r, d, &value))
                return false;
        *ADD(r, tool) = (struct modfile_word){ value, place_of(r, d) };
        return true;
}

static bool read_ignore(struct reader *r, const struct directive *d) {
        struct str value;

        if (!read_one_string(r, d, &value))
                return false;
        *ADD(r, ignore) = (struct modfile_word){ value, place_of(r, d) };
        return true;
}

static bool read_use(struct reader *r, const struct directive *d) {
        struct str value;

        if (d->arg_count != 1)
                return FAIL(r, d, "usage: use local/dir");
        if (!read_string(r, d, 0, &value))
                return false;
        *ADD(r, use) = (struct modfile_word){ value, place_of(r, d) };
        return true;
}

#define IN(kind) (1u << (kind))
#define IN_GO_MOD (IN(MODFILE_MAIN) | IN(MODFILE_DEPENDENCY))
#define STRICTLY (IN(MODFILE_MAIN) | IN(MODFILE_WORK))

static const struct verb {
        struct str name;
        read_directive *read;
        unsigned kinds; /* the files it is read in */
        bool may_block;
} verbs[] = {
        { STR_INIT("exclude"), read_exclude, IN(MODFILE_MAIN), true },
        { STR_INIT("go"), read_go, IN_GO_MOD | IN(MODFILE_WORK), false },
        { STR_INIT("godebug"), read_godebug, STRICTLY, true },
        { STR_INIT("ignore"), read_ignore, IN_GO_MOD, true },
        { STR_INIT("module"), read_module, IN_GO_MOD, true },
        { STR_INIT("replace"), read_replace, STRICTLY, true },
        { STR_INIT("require"), read_require, IN_GO_MOD, true },
        { STR_INIT("retract"), read_retract, IN_GO_MOD, true },
        { STR_INIT("tool"), read_tool, IN(MODFILE_MAIN), true },
        { STR_INIT("toolchain"), read_toolchain, STRICTLY, false },
        { STR_INIT("use"), read_use, IN(MODFILE_WORK), true },
};

static const struct verb *find_verb(enum modfile_kind kind, struct str name) {
        for (size_t i = 0; i < COUNT_OF(verbs); i++)
                if ((verbs[i].kinds & IN(kind)) && str_eq(verbs[i].name, name))
                        return &verbs[i];
        return NULL;
}

static bool unknown_block(struct reader *r, const struct mod_block *block) {
        struct str type = block->tokens[0].text;

        for (size_t i = 1; i < block->token_count; i++)
                type = str_fmt(r->arena, "%.*s %.*s", STR_ARG(type),
                               STR_ARG(block->tokens[i].text));
        return err_at(r->err, ERR_SYNTAX, r->name, block->pos.line, block->pos.column,
                      "unknown block type: %.*s", STR_ARG(type));
}

static bool block_is_known(const struct reader *r, const struct mod_block *block) {
        const struct verb *verb = find_verb(r->mod->kind, block->tokens[0].text);

        return block->token_count == 1 && verb && verb->may_block;
}

static struct directive directive_of(const struct mod_line *line) {
        if (line->block)
                return (struct directive){ line, line->block->tokens[0].text, line->tokens,
                                           line->token_count };
        return (struct directive){ line, line->tokens[0].text, line->tokens + 1,
                                   line->token_count - 1 };
}

static bool read_line(struct reader *r, const struct mod_line *line) {
        struct directive d = directive_of(line);
        const struct verb *verb = find_verb(r->mod->kind, d.verb);

        if (line->block && !block_is_known(r, line->block))
                return !is_strict(r) || unknown_block(r, line->block);
        if (!verb)
                return !is_strict(r) || FAIL(r, &d, "unknown directive: %.*s", STR_ARG(d.verb));
        return verb->read(r, &d);
}

static bool is_before(struct mod_pos a, struct mod_pos b) {
        return a.line != b.line ? a.line < b.line : a.column < b.column;
}

/* Unknown blocks without lines are errors too, in the order of the file. */
static bool read_lines(struct reader *r, const struct modsyntax *syntax) {
        size_t block = 0;

        for (size_t i = 0; i <= syntax->line_count; i++) {
                for (; is_strict(r) && block < syntax->block_count &&
                       (i == syntax->line_count ||
                        is_before(syntax->blocks[block]->pos, syntax->lines[i].pos));
                     block++)
                        if (!block_is_known(r, syntax->blocks[block]))
                                return unknown_block(r, syntax->blocks[block]);
                if (i < syntax->line_count && !read_line(r, &syntax->lines[i]))
                        return false;
        }
        return true;
}

#define FAIL_RETRACT(r, retract, ...)                                                              \
        err_at((r)->err, ERR_SYNTAX, (r)->name, (retract)->place.pos.line,                         \
               (retract)->place.pos.column, __VA_ARGS__)

static bool fix_retracted(struct reader *r, const struct modfile_retract *retract,
                          struct str *version) {
        struct str prefix, major, path = r->mod->module.path, written = *version;
        struct err cause;

        if (path.len == 0)
                return FAIL_RETRACT(r, retract,
                                    "no module directive found, so retract cannot be used");
        if (!make_canonical(r, version))
                return FAIL_RETRACT(r, retract,
                                    "retract %.*s: version \"%.*s\" invalid: must be of the form "
                                    "v1.2.3",
                                    STR_ARG(path), STR_ARG(written));
        if (!str_eq(written, *version))
                note_noncanonical(r, retract->place.pos, written);
        if (!modpath_split_major(path, &prefix, &major))
                return FAIL_RETRACT(r, retract, "retract %.*s: malformed module path",
                                    STR_ARG(path));
        if (!modpath_check_major(*version, major, &cause))
                return FAIL_RETRACT(r, retract, "retract %.*s: %s", STR_ARG(path), cause.message);
        return true;
}

/* Retracted versions are held against the module's path, which may stand below them. */
static bool fix_retracts(struct reader *r) {
        for (size_t i = 0; r->mod->kind == MODFILE_MAIN && i < r->mod->retract_count; i++) {
                struct modfile_retract *retract = &r->mod->retracts[i];

                if (!fix_retracted(r, retract, &retract->low) ||
                    !fix_retracted(r, retract, &retract->high))
                        return false;
        }
        return true;
}

bool modfile_parse(struct arena *arena, enum modfile_kind kind, struct str name, struct str text,
                   struct modfile *ret_mod, struct err *err) {
        struct modfile mod = { .kind = kind };
        struct reader r = { .arena = arena, .name = name, .mod = &mod, .err = err };
        struct modsyntax syntax;

        if (!modsyntax_parse(arena, name, text, &syntax, err) || !read_lines(&r, &syntax) ||
            !fix_retracts(&r))
                return false;
        *ret_mod = mod;
        return true;
}

struct str modfile_go_version(const struct modfile *mod) {
        if (mod->go.value.len)
                return mod->go.value;
        return mod->kind == MODFILE_WORK ? GOVER_WORK_WITHOUT_GO_LINE : GOVER_WITHOUT_GO_LINE;
}

static const struct modfile_replace *last_replace(const struct modfile *mod,
                                                  struct mod_version version) {
        for (size_t i = mod->replace_count; i > 0; i--)
                if (mod_version_eq(mod->replaces[i - 1].old_mod, version))
                        return &mod->replaces[i - 1];
        return NULL;
}

const struct modfile_replace *modfile_find_replace(const struct modfile *mod,
                                                   struct mod_version version) {
        const struct modfile_replace *replace = last_replace(mod, version);

        return replace ? replace : last_replace(mod, (struct mod_version){ .path = version.path });
}

bool modfile_excludes(const struct modfile *mod, struct mod_version version) {
        for (size_t i = 0; i < mod->exclude_count; i++)
                if (mod_version_eq(mod->excludes[i].mod, version))
                        return true;
        return false;
}

const struct modfile_require *modfile_find_require(const struct modfile *mod, struct str path) {
        for (size_t i = 0; i < mod->require_count; i++)
                if (str_eq(mod->requires[i].mod.path, path))
        return &mod->requires[i];
        return NULL;
}
