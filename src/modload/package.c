#include "modload/package.h"

#include "base/map.h"
#include "base/vec.h"
#include "golang/cgo.h"
#include "gomod/modzip.h"

#include <stdlib.h>
#include <string.h>

typedef VEC(struct str) str_vec;
typedef VEC(struct package_file) file_vec;

/* ---- reading ---- */

/* What the build does with a file by the end of its name. */
enum file_kind {
        FILE_NONE,
        FILE_GO,
        FILE_C,
        FILE_CXX,
        FILE_OBJC,
        FILE_FORTRAN,
        FILE_ASM,
        FILE_ASM_CPP,
        FILE_OTHER
};

struct extension {
        struct str end;
        enum file_kind kind;
        bool is_text; /* may carry constraint lines */
};

/* Source: go/build (fileListForExt). */
static const struct extension extensions[] = {
        { STR_INIT(".go"), FILE_GO, true },         { STR_INIT(".c"), FILE_C, true },
        { STR_INIT(".cc"), FILE_CXX, true },        { STR_INIT(".cpp"), FILE_CXX, true },
        { STR_INIT(".cxx"), FILE_CXX, true },       { STR_INIT(".m"), FILE_OBJC, true },
        { STR_INIT(".h"), FILE_OTHER, true },       { STR_INIT(".hh"), FILE_OTHER, true },
        { STR_INIT(".hpp"), FILE_OTHER, true },     { STR_INIT(".hxx"), FILE_OTHER, true },
        { STR_INIT(".f"), FILE_FORTRAN, true },     { STR_INIT(".F"), FILE_FORTRAN, true },
        { STR_INIT(".for"), FILE_FORTRAN, true },   { STR_INIT(".f90"), FILE_FORTRAN, true },
        { STR_INIT(".s"), FILE_ASM, true },         { STR_INIT(".S"), FILE_ASM_CPP, true },
        { STR_INIT(".sx"), FILE_ASM_CPP, true },    { STR_INIT(".swig"), FILE_OTHER, true },
        { STR_INIT(".swigcxx"), FILE_OTHER, true }, { STR_INIT(".syso"), FILE_OTHER, false },
};

static const struct extension *extension_of(struct str name) {
        size_t dot = str_find_last(name, '.');
        struct str end = str_slice(name, dot, name.len);

        if (dot == SIZE_MAX)
                return NULL;
        for (size_t i = 0; i < COUNT_OF(extensions); i++)
                if (str_eq(end, extensions[i].end))
                        return &extensions[i];
        return NULL;
}

static bool is_go_name(struct str name) {
        return str_has_suffix(name, STR(".go"));
}

bool package_folder_has_go(const struct source_names *names) {
        for (size_t i = 0; i < names->count; i++)
                if (source_is_file(&names->items[i]) && is_go_name(names->items[i].name))
                        return true;
        return false;
}

bool package_folder_has_broken_go(const struct source_names *names) {
        for (size_t i = 0; i < names->count; i++)
                if (names->items[i].kind == SOURCE_OTHER && is_go_name(names->items[i].name))
                        return true;
        return false;
}

static const struct err *err_dup(struct arena *arena, const struct err *err) {
        struct err *kept = ARENA_NEW(arena, struct err);

        *kept = *err;
        return kept;
}

static struct package_file read_file(const struct package_source *source, struct str path,
                                     struct str name, const struct extension *extension,
                                     struct arena *arena) {
        struct package_file file = { .name = name, .is_go = extension->kind == FILE_GO };
        struct str bytes;
        struct err err;

        file.is_test = str_has_suffix(name, STR("_test.go"));
        if (!extension->is_text)
                return file;
        if (!source->read(source->ctx, arena, str_join_path(arena, path, name), PACKAGE_FILE_MAX,
                          &bytes, &err))
                file.read_err = err_dup(arena, &err);
        else if (file.is_go)
                file.header = header_scan(arena, bytes);
        else
                file.header = header_scan_comments(arena, bytes);
        return file;
}

/* Whether a name is one that the build looks into. */
static bool is_wanted(const struct source_name *name, const struct build_context *context,
                      bool tests) {
        /* A broken link named as a Go file is a Go file that cannot be read. */
        bool is_broken = name->kind == SOURCE_OTHER && is_go_name(name->name);

        if ((!source_is_file(name) && !is_broken) || name->name.len == 0 ||
            strchr("_.", *name->name.ptr))
                return false;
        if (!tests && str_has_suffix(name->name, STR("_test.go")))
                return false;
        return !context || constraint_name_matches(context, name->name);
}

struct package_folder package_folder_read(const struct package_source *source, struct str path,
                                          const struct source_names *names,
                                          const struct build_context *context, bool tests,
                                          struct arena *arena) {
        file_vec files = { 0 };

        for (size_t i = 0; i < names->count; i++) {
                struct str name = names->items[i].name;
                const struct extension *extension = extension_of(name);

                if (extension && is_wanted(&names->items[i], context, tests))
                        *VEC_ADD(arena, &files) = read_file(source, path, name, extension, arena);
        }
        return (struct package_folder){ *names, files.items, files.count };
}

/* ---- selecting ---- */

/* The imports and embeds of one of the three parts of a package, while they are gathered. */
struct part {
        VEC(struct package_import) imports;
        VEC(struct package_embed) embeds;
};

struct selection {
        struct arena *arena;
        const struct build_context *context;
        struct package package;
        struct str first_file; /* that gave the package its name */
        str_vec go, cgo, test, xtest, ignored, invalid, other, asm_cpp;
        str_vec foreign[FILE_OTHER]; /* by file_kind: C, C++, Objective-C, Fortran */
        struct part parts[3];        /* package, its tests, its external tests */
};

enum { PART_PACKAGE, PART_TEST, PART_XTEST };

static void add_name(struct selection *selection, str_vec *names, struct str name) {
        *VEC_ADD(selection->arena, names) = name;
}

static void set_problem(struct package *package, enum package_problem_kind kind, struct str file,
                        struct source_pos pos, struct str message) {
        if (package->problem.kind != PACKAGE_OK)
                return;
        package->problem = (struct package_problem){ .kind = kind,
                                                     .file = file,
                                                     .pos = pos,
                                                     .message = message,
                                                     .importer = PACKAGE_NONE,
                                                     .module = PACKAGE_NONE };
}

static void add_bad_file(struct selection *selection, const struct package_file *file,
                         enum package_problem_kind kind, struct source_pos pos,
                         struct str message) {
        str_vec *invalid = &selection->invalid;

        set_problem(&selection->package, kind, file->name, pos, message);
        if (invalid->count == 0 || !str_eq(invalid->items[invalid->count - 1], file->name))
                add_name(selection, invalid, file->name);
}

static void add_unread_file(struct selection *selection, const struct package_file *file) {
        struct package_problem *problem = &selection->package.problem;
        struct str why = str_of(file->read_err->message);
        bool is_first = problem->kind == PACKAGE_OK;

        add_bad_file(selection, file, PACKAGE_BAD_FILE, (struct source_pos){ 0 }, why);
        if (is_first)
                problem->cause = file->read_err;
}

static void add_bad_constraint(struct selection *selection, const struct package_file *file,
                               const struct err *err) {
        struct package_problem *problem = &selection->package.problem;
        bool is_first = problem->kind == PACKAGE_OK;

        add_bad_file(selection, file, PACKAGE_BAD_FILE, file->header.go_build.pos,
                     str_dup(selection->arena, str_of(err->message)));
        if (is_first && err->code == ERR_LIMIT)
                problem->cause = err_dup(selection->arena, err);
}

/* A file that cannot be read, or whose constraints cannot, belongs to no list. */
static bool take_readable(struct selection *selection, const struct package_file *file,
                          bool *ret_matches) {
        struct source_pos nowhere = { 0 };
        struct err err = { 0 };

        if (file->read_err) {
                if (file->is_go)
                        add_unread_file(selection, file);
                return false;
        }
        if (file->header.state == HEADER_UNREADABLE) {
                if (file->is_go)
                        add_bad_file(selection, file, PACKAGE_BAD_FILE, nowhere,
                                     file->header.fault);
                return false;
        }
        if (constraint_header_matches(selection->context, &file->header, ret_matches, &err))
                return true;
        if (file->is_go)
                add_bad_constraint(selection, file, &err);
        return false;
}

static void add_other(struct selection *selection, const struct package_file *file) {
        enum file_kind kind = extension_of(file->name)->kind;

        if (kind == FILE_ASM_CPP)
                add_name(selection, &selection->asm_cpp, file->name);
        else
                add_name(selection, &selection->other, file->name);
        if (kind >= FILE_C && kind <= FILE_FORTRAN)
                add_name(selection, &selection->foreign[kind], file->name);
}

static struct str mixed_message(struct selection *selection, struct str file, struct str name) {
        return str_fmt(selection->arena, "found packages %.*s (%.*s) and %.*s (%.*s)",
                       STR_ARG(selection->package.name), STR_ARG(selection->first_file),
                       STR_ARG(name), STR_ARG(file));
}

/* The first file names the package; one that differs is an error. */
static void take_name(struct selection *selection, const struct package_file *file,
                      struct str name) {
        struct package *package = &selection->package;

        if (package->name.len == 0) {
                package->name = name;
                selection->first_file = file->name;
        } else if (!str_eq(name, package->name) && !selection->context->any) {
                add_bad_file(selection, file, PACKAGE_MIXED_NAMES, file->header.package_pos,
                             mixed_message(selection, file->name, name));
        }
}

static void add_imports(struct selection *selection, struct part *part,
                        const struct package_file *file) {
        for (size_t i = 0; i < file->header.import_count; i++) {
                const struct header_import *import = &file->header.imports[i];

                *VEC_ADD(selection->arena, &part->imports) =
                        (struct package_import){ import->path, file->name, import->pos,
                                                 PACKAGE_NONE };
        }
        for (size_t i = 0; i < file->header.embed_count; i++) {
                const struct header_embed *embed = &file->header.embeds[i];

                *VEC_ADD(selection->arena, &part->embeds) =
                        (struct package_embed){ embed->pattern, file->name, embed->pos };
        }
}

static void check_cgo(struct selection *selection, const struct package_file *file) {
        struct str why;

        for (size_t i = 0; i < file->header.import_count; i++) {
                const struct header_import *import = &file->header.imports[i];

                if (import->doc.len &&
                    !cgo_check(selection->context, import->doc, selection->arena, &why))
                        add_bad_file(selection, file, PACKAGE_BAD_CGO, import->pos, why);
        }
}

static void add_cgo_file(struct selection *selection, const struct package_file *file) {
        bool cgo = selection->context->cgo || selection->context->any;

        if (!selection->context->any)
                check_cgo(selection, file);
        add_name(selection, cgo ? &selection->cgo : &selection->ignored, file->name);
        if (cgo)
                add_imports(selection, &selection->parts[PART_PACKAGE], file);
}

static void add_go_file(struct selection *selection, const struct package_file *file,
                        bool is_xtest) {
        if (file->header.imports_c && !file->is_test) {
                add_cgo_file(selection, file);
        } else if (is_xtest) {
                add_name(selection, &selection->xtest, file->name);
                add_imports(selection, &selection->parts[PART_XTEST], file);
        } else if (file->is_test) {
                add_name(selection, &selection->test, file->name);
                add_imports(selection, &selection->parts[PART_TEST], file);
        } else {
                add_name(selection, &selection->go, file->name);
                add_imports(selection, &selection->parts[PART_PACKAGE], file);
        }
}

static void take_go_file(struct selection *selection, const struct package_file *file) {
        struct str name = file->header.package_name;
        bool any = selection->context->any;
        bool is_xtest = file->is_test && str_has_suffix(name, STR("_test")) &&
                        !str_eq(name, selection->package.name);

        if (!any && str_eq(name, STR("documentation"))) {
                add_name(selection, &selection->ignored, file->name);
                return;
        }
        if (file->header.state != HEADER_OK && !any)
                add_bad_file(selection, file, PACKAGE_BAD_FILE, file->header.fault_pos,
                             file->header.fault);
        take_name(selection, file, is_xtest ? str_drop_suffix(name, STR("_test")) : name);
        if (file->is_test && file->header.imports_c && !any)
                add_bad_file(selection, file, PACKAGE_BAD_FILE, file->header.package_pos,
                             str_fmt(selection->arena, "use of cgo in test %.*s not supported",
                                     STR_ARG(file->name)));
        add_go_file(selection, file, is_xtest);
}

static void take_file(struct selection *selection, const struct package_file *file) {
        bool matches = constraint_name_matches(selection->context, file->name), lines = false;

        if (matches && !take_readable(selection, file, &lines))
                return;
        if (matches && lines && file->is_go)
                take_go_file(selection, file);
        else if (matches && lines)
                add_other(selection, file);
        else if (file->is_go)
                add_name(selection, &selection->ignored, file->name);
}

/* Go files that were never read, because their name alone rules them out, are ignored ones too. */
static void add_unread(struct selection *selection, const struct package_folder *folder) {
        size_t at = 0;

        for (size_t i = 0; i < folder->names.count; i++) {
                const struct source_name *name = &folder->names.items[i];

                while (at < folder->file_count && str_cmp(folder->files[at].name, name->name) < 0)
                        at++;
                if (at < folder->file_count && str_eq(folder->files[at].name, name->name))
                        continue;
                if (is_go_name(name->name) && source_is_file(name) &&
                    !strchr("_.", *name->name.ptr) &&
                    !constraint_name_matches(selection->context, name->name))
                        add_name(selection, &selection->ignored, name->name);
        }
        if (selection->ignored.count)
                qsort(selection->ignored.items, selection->ignored.count, sizeof(struct str),
                      str_cmp_qsort);
}

/* ---- lists ---- */

static int by_place(struct str file_a, struct source_pos a, struct str file_b,
                    struct source_pos b) {
        int order = str_cmp(file_a, file_b);

        if (order == 0)
                order = (a.line > b.line) - (a.line < b.line);
        return order ? order : (a.column > b.column) - (a.column < b.column);
}

static int compare_imports(const void *a, const void *b) {
        const struct package_import *left = a, *right = b;
        int order = str_cmp(left->path, right->path);

        return order ? order : by_place(left->file, left->pos, right->file, right->pos);
}

static int compare_embeds(const void *a, const void *b) {
        const struct package_embed *left = a, *right = b;
        int order = str_cmp(left->pattern, right->pattern);

        return order ? order : by_place(left->file, left->pos, right->file, right->pos);
}

static struct package_imports unique_imports(struct package_import *items, size_t count) {
        size_t kept = 0;

        if (count)
                qsort(items, count, sizeof(*items), compare_imports);
        for (size_t i = 0; i < count; i++)
                if (kept == 0 || !str_eq(items[kept - 1].path, items[i].path))
                        items[kept++] = items[i];
        return (struct package_imports){ items, kept };
}

static struct package_embeds unique_embeds(struct package_embed *items, size_t count) {
        size_t kept = 0;

        if (count)
                qsort(items, count, sizeof(*items), compare_embeds);
        for (size_t i = 0; i < count; i++)
                if (kept == 0 || !str_eq(items[kept - 1].pattern, items[i].pattern))
                        items[kept++] = items[i];
        return (struct package_embeds){ items, kept };
}

static struct str_list list_of(const str_vec *names) {
        return (struct str_list){ names->items, names->count };
}

static void fill_lists(struct selection *selection) {
        struct package *package = &selection->package;
        struct part *parts = selection->parts;

        package->go_files = list_of(&selection->go);
        package->cgo_files = list_of(&selection->cgo);
        package->test_go_files = list_of(&selection->test);
        package->xtest_go_files = list_of(&selection->xtest);
        package->ignored_go_files = list_of(&selection->ignored);
        package->invalid_go_files = list_of(&selection->invalid);
        package->other_files = list_of(&selection->other);
        package->imports = unique_imports(parts[0].imports.items, parts[0].imports.count);
        package->test_imports = unique_imports(parts[1].imports.items, parts[1].imports.count);
        package->xtest_imports = unique_imports(parts[2].imports.items, parts[2].imports.count);
        package->embeds = unique_embeds(parts[0].embeds.items, parts[0].embeds.count);
        package->test_embeds = unique_embeds(parts[1].embeds.items, parts[1].embeds.count);
        package->xtest_embeds = unique_embeds(parts[2].embeds.items, parts[2].embeds.count);
}

/* ---- what is wrong ---- */

static struct str join(struct arena *arena, const str_vec *names) {
        struct str joined = STR("");

        for (size_t i = 0; i < names->count; i++)
                joined = str_fmt(arena, "%.*s%s%.*s", STR_ARG(joined), i ? " " : "",
                                 STR_ARG(names->items[i]));
        return joined;
}

static const char *const foreign_names[FILE_OTHER] = {
        [FILE_C] = "C",
        [FILE_CXX] = "C++",
        [FILE_OBJC] = "Objective-C",
        [FILE_FORTRAN] = "Fortran",
};

static bool uses_swig(const struct selection *selection) {
        for (size_t i = 0; i < selection->other.count; i++) {
                struct str name = selection->other.items[i];

                if (str_has_suffix(name, STR(".swig")) || str_has_suffix(name, STR(".swigcxx")))
                        return true;
        }
        return false;
}

/* With cgo off, C sources are passed over as Go files with import "C" are; Fortran is not. */
static bool is_refused(const struct selection *selection, size_t kind) {
        return foreign_names[kind] && selection->foreign[kind].count > 0 &&
               (selection->context->cgo || kind == FILE_FORTRAN);
}

static void refuse_foreign(struct selection *selection) {
        struct source_pos nowhere = { 0 };

        if (selection->cgo.count || uses_swig(selection) || selection->context->any)
                return;
        for (size_t kind = FILE_C; kind <= FILE_FORTRAN; kind++)
                if (is_refused(selection, kind))
                        set_problem(
                                &selection->package, PACKAGE_FOREIGN_FILE,
                                selection->foreign[kind].items[0], nowhere,
                                str_fmt(selection->arena,
                                        "%s source files not allowed when not using cgo or SWIG: "
                                        "%.*s",
                                        foreign_names[kind],
                                        STR_ARG(join(selection->arena,
                                                     &selection->foreign[kind]))));
}

static void refuse_empty(struct selection *selection, const struct package_folder *folder) {
        struct source_pos nowhere = { 0 };
        size_t files = selection->go.count + selection->cgo.count + selection->test.count +
                       selection->xtest.count;
        bool any_go = package_folder_has_go(&folder->names);

        if (files == 0)
                set_problem(&selection->package, PACKAGE_NO_GO_FILES, STR_NONE, nowhere,
                            selection->ignored.count || any_go
                                    ? STR("build constraints exclude all Go files")
                                    : STR("no Go files"));
}

/* Whether the name, as an argument, could not be taken for a flag. Source: cmd/go/internal/load
 * (SafeArg). */
static bool is_safe_arg(struct str name) {
        unsigned char c = name.len ? (unsigned char)*name.ptr : 0;

        return (unsigned char)((c | 0x20) - 'a') < 26 || (unsigned char)(c - '0') < 10 ||
               c >= 0x80 || c == '.' || c == '_' || c == '/';
}

static void check_file_name(struct selection *selection, struct map *folded, struct str name) {
        struct source_pos nowhere = { 0 };
        struct str *other = NULL, *kept;
        void **slot;

        if (!is_safe_arg(name) || str_has_prefix(name, STR("_cgo_")))
                set_problem(&selection->package, PACKAGE_BAD_NAME, name, nowhere,
                            str_fmt(selection->arena, "invalid input file name \"%.*s\"",
                                    STR_ARG(name)));
        slot = map_put(folded, modzip_fold(selection->arena, name));
        other = *slot;
        if (other)
                set_problem(&selection->package, PACKAGE_SAME_FOLDED, name, nowhere,
                            str_fmt(selection->arena,
                                    "case-insensitive file name collision: \"%.*s\" and \"%.*s\"",
                                    STR_ARG(*other), STR_ARG(name)));
        kept = ARENA_NEW(selection->arena, struct str);
        *kept = name;
        *slot = kept;
}

/* Every file that the build takes or that constraints leave out, in order of their names. */
static void check_file_names(struct selection *selection, const struct package_folder *folder) {
        struct map folded = map_make(selection->arena);

        for (size_t i = 0; i < folder->names.count && !selection->context->any; i++) {
                const struct source_name *name = &folder->names.items[i];

                if (extension_of(name->name) && is_wanted(name, NULL, true))
                        check_file_name(selection, &folded, name->name);
        }
}

struct package package_select(const struct package_folder *folder,
                              const struct build_context *context, struct arena *arena) {
        struct selection selection = { .arena = arena, .context = context };

        selection.package.module = PACKAGE_NONE;
        for (size_t i = 0; i < folder->file_count; i++)
                take_file(&selection, &folder->files[i]);
        add_unread(&selection, folder);
        if (selection.cgo.count)
                for (size_t i = 0; i < selection.asm_cpp.count; i++)
                        add_name(&selection, &selection.other, selection.asm_cpp.items[i]);
        fill_lists(&selection);
        refuse_empty(&selection, folder);
        check_file_names(&selection, folder);
        refuse_foreign(&selection);
        return selection.package;
}

/* ---- copies ---- */

static struct str_list dup_list(struct arena *arena, struct str_list list) {
        struct str *items = ARENA_ARRAY(arena, struct str, list.count);

        for (size_t i = 0; i < list.count; i++)
                items[i] = str_dup(arena, list.items[i]);
        return (struct str_list){ items, list.count };
}

static struct package_imports dup_imports(struct arena *arena, struct package_imports imports) {
        struct package_import *items = ARENA_ARRAY(arena, struct package_import, imports.count);

        for (size_t i = 0; i < imports.count; i++) {
                items[i] = imports.items[i];
                items[i].path = str_dup(arena, items[i].path);
                items[i].file = str_dup(arena, items[i].file);
        }
        return (struct package_imports){ items, imports.count };
}

static struct package_embeds dup_embeds(struct arena *arena, struct package_embeds embeds) {
        struct package_embed *items = ARENA_ARRAY(arena, struct package_embed, embeds.count);

        for (size_t i = 0; i < embeds.count; i++) {
                items[i] = embeds.items[i];
                items[i].pattern = str_dup(arena, items[i].pattern);
                items[i].file = str_dup(arena, items[i].file);
        }
        return (struct package_embeds){ items, embeds.count };
}

struct package package_dup(struct arena *arena, const struct package *package) {
        struct package copy = *package;

        copy.path = str_dup(arena, package->path);
        copy.folder = str_dup(arena, package->folder);
        copy.name = str_dup(arena, package->name);
        copy.go_files = dup_list(arena, package->go_files);
        copy.cgo_files = dup_list(arena, package->cgo_files);
        copy.test_go_files = dup_list(arena, package->test_go_files);
        copy.xtest_go_files = dup_list(arena, package->xtest_go_files);
        copy.ignored_go_files = dup_list(arena, package->ignored_go_files);
        copy.invalid_go_files = dup_list(arena, package->invalid_go_files);
        copy.other_files = dup_list(arena, package->other_files);
        copy.imports = dup_imports(arena, package->imports);
        copy.test_imports = dup_imports(arena, package->test_imports);
        copy.xtest_imports = dup_imports(arena, package->xtest_imports);
        copy.implied = dup_imports(arena, package->implied);
        copy.embeds = dup_embeds(arena, package->embeds);
        copy.test_embeds = dup_embeds(arena, package->test_embeds);
        copy.xtest_embeds = dup_embeds(arena, package->xtest_embeds);
        copy.problem.file = str_dup(arena, package->problem.file);
        copy.problem.message = str_dup(arena, package->problem.message);
        if (package->problem.cause)
                copy.problem.cause = err_dup(arena, package->problem.cause);
        return copy;
}
