#include "gomod/modulestxt.h"

#include "base/vec.h"
#include "data/unicode.h"
#include "gomod/semver.h"

#define FIELDS_MAX 8 /* a module line has at most 6 */

struct reader {
        struct arena *arena;
        struct modulestxt *txt;
        size_t module_capacity, package_capacity, strange_capacity;
        bool in_module;
};

#define ADD(r, list)                                                                               \
        ((r)->txt->list##s = vec_reserve((r)->arena, (r)->txt->list##s, (r)->txt->list##_count,    \
                                         &(r)->list##_capacity, sizeof(*(r)->txt->list##s)),       \
         &(r)->txt->list##s[(r)->txt->list##_count++])

static size_t split_fields(struct str line, struct str fields[FIELDS_MAX]) {
        struct str field;
        size_t count = 0;

        for (; unicode_next_field(&line, &field); count++)
                if (count < FIELDS_MAX)
                        fields[count] = field;
        return count;
}

static void add_strange(struct reader *r, struct str line, uint32_t number) {
        r->txt->strange = vec_reserve(r->arena, r->txt->strange, r->txt->strange_count,
                                      &r->strange_capacity, sizeof(*r->txt->strange));
        r->txt->strange[r->txt->strange_count++] = (struct modulestxt_line){ line, number };
}

/* "=> path" or "=> path version"; false for another form, which is then no replacement. */
static bool read_replacement(const struct str *fields, size_t count, struct mod_version *ret) {
        if (count < 2 || count > 3 || !str_eq(fields[0], STR("=>")) ||
            (count == 3 && !semver_is_valid(fields[2])))
                return false;
        *ret = (struct mod_version){ fields[1], count == 3 ? fields[2] : STR_NONE };
        return true;
}

static void read_module(struct reader *r, struct str line, uint32_t number) {
        struct str fields[FIELDS_MAX];
        size_t count = split_fields(line, fields);
        struct modulestxt_module module = { .line = number };
        bool has_version = count >= 3 && semver_is_valid(fields[2]);
        size_t at = has_version ? 3 : 2;

        if (count < 3) {
                /* The go command leaves the module before it in force. */
                add_strange(r, line, number);
                return;
        }
        r->in_module = has_version || str_eq(fields[2], STR("=>"));
        if (!r->in_module) {
                add_strange(r, line, number);
                return;
        }
        module.mod = (struct mod_version){ fields[1], has_version ? fields[2] : STR_NONE };
        module.first_package = r->txt->package_count;
        if (count > at &&
            (count > FIELDS_MAX || !read_replacement(fields + at, count - at, &module.replacement)))
                add_strange(r, line, number);
        *ADD(r, module) = module;
}

static void read_marks(struct reader *r, struct str marks) {
        struct modulestxt_module *module = &r->txt->modules[r->txt->module_count - 1];

        while (marks.len) {
                struct str mark = marks;

                if (!str_cut(marks, ';', &mark, &marks))
                        marks = STR_NONE;
                mark = str_trim(mark);
                if (str_eq(mark, STR("explicit")))
                        module->explicit_mark = true;
                if (str_has_prefix(mark, STR("go ")))
                        module->go_version = str_slice(mark, 3, mark.len);
        }
}

static void read_package(struct reader *r, struct str line, uint32_t number) {
        struct str fields[FIELDS_MAX];
        struct err err;

        if (!r->in_module || split_fields(line, fields) != 1 ||
            !modpath_check_import(fields[0], &err)) {
                add_strange(r, line, number);
                return;
        }
        *ADD(r, package) =
                (struct modulestxt_package){ fields[0], number, r->txt->module_count - 1 };
        r->txt->modules[r->txt->module_count - 1].package_count++;
}

static bool has_mark(struct str marks, struct str wanted) {
        while (marks.len) {
                struct str mark = marks;

                if (!str_cut(marks, ';', &mark, &marks))
                        marks = STR_NONE;
                if (str_eq(str_trim(mark), wanted))
                        return true;
        }
        return false;
}

static void read_line(struct reader *r, struct str line, uint32_t number) {
        struct str marks = str_drop_prefix(line, STR("## "));
        bool has_marks = marks.len < line.len;

        if (number == 1 && has_marks)
                r->txt->workspace = has_mark(marks, STR("workspace"));
        if (str_has_prefix(line, STR("# ")))
                read_module(r, line, number);
        else if (has_marks && r->in_module)
                read_marks(r, marks);
        else if (!has_marks && str_trim(line).len)
                read_package(r, line, number);
        else if (has_marks && !(number == 1 && r->txt->workspace))
                add_strange(r, line, number);
}

bool modulestxt_parse(struct arena *arena, struct str name, struct str text,
                      struct modulestxt *ret_txt, struct err *err) {
        struct modulestxt txt = { 0 };
        struct reader r = { .arena = arena, .txt = &txt };
        struct str line;

        if (text.len > MODULESTXT_FILE_MAX)
                return err_at(err, ERR_LIMIT, name, 0, 0, "larger than %u bytes",
                              MODULESTXT_FILE_MAX);
        for (uint32_t number = 1; str_next_line(&text, &line); number++)
                read_line(&r, line, number);
        *ret_txt = txt;
        return true;
}

struct modulestxt_module modulestxt_find(const struct modulestxt *txt, struct mod_version mod) {
        struct modulestxt_module found = { .mod = mod };

        for (size_t i = 0; i < txt->module_count; i++) {
                const struct modulestxt_module *module = &txt->modules[i];

                if (!mod_version_eq(module->mod, mod))
                        continue;
                if (!found.line)
                        found.line = module->line;
                found.explicit_mark = found.explicit_mark || module->explicit_mark;
                if (module->go_version.len)
                        found.go_version = module->go_version;
                if (module->replacement.path.len)
                        found.replacement = module->replacement;
        }
        return found;
}
