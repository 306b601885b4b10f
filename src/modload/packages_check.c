/* Problems that only the whole graph shows. Source: cmd/go/internal/load (disallowInternal,
 * disallowVendor, loadImport, reusePackage). */
#include "base/vec.h"
#include "gomod/modzip.h"
#include "modload/packages_impl.h"

struct checker {
        const struct packages_world *world;
        struct packages *packages;
        struct arena *arena;
};

static void refuse_import(struct package *importer, enum package_problem_kind kind,
                          const struct package_import *import, struct str message) {
        if (importer->problem.kind != PACKAGE_OK)
                return;
        importer->problem = (struct package_problem){ .kind = kind,
                                                      .file = import->file,
                                                      .pos = import->pos,
                                                      .message = message,
                                                      .importer = PACKAGE_NONE,
                                                      .module = PACKAGE_NONE };
}

static bool has_path_prefix(struct str path, struct str prefix) {
        return str_has_prefix(path, prefix) &&
               (path.len == prefix.len || path.ptr[prefix.len] == '/');
}

/* ---- internal packages ---- */

/* The path above the last element "internal"; false where there is no such element. */
static bool internal_parent(struct str path, struct str *ret_parent) {
        for (struct str rest = path;; rest = str_slice(rest, 0, rest.len - 1)) {
                size_t slash = str_find_last(rest, '/');
                struct str last = slash == SIZE_MAX ? rest : str_slice(rest, slash + 1, rest.len);

                if (str_eq(last, STR("internal"))) {
                        *ret_parent = slash == SIZE_MAX ? STR("") : str_slice(rest, 0, slash);
                        return true;
                }
                if (slash == SIZE_MAX)
                        return false;
                rest = str_slice(rest, 0, slash + 1);
        }
}

static bool may_import_internal(const struct package *importer, const struct package *target) {
        struct str parent, fips = STR("crypto/internal/fips140");

        if (!internal_parent(target->path, &parent))
                return true;
        if (importer->is_std && has_path_prefix(importer->path, fips))
                return has_path_prefix(target->path, STR("crypto/internal"));
        if (importer->is_std && has_path_prefix(importer->path, STR("crypto")) &&
            has_path_prefix(target->path, fips))
                return true;
        if (target->is_std && !importer->is_std)
                return false;
        return parent.len == 0 || has_path_prefix(importer->path, parent);
}

/* ---- each import ---- */

static void check_import(struct checker *checker, struct package *importer,
                         const struct package_import *import) {
        const struct package *target = &checker->packages->items[import->target];

        if (target->problem.kind == PACKAGE_OK && !may_import_internal(importer, target))
                refuse_import(importer, PACKAGE_INTERNAL, import,
                              str_fmt(checker->arena, "use of internal package %.*s not allowed",
                                      STR_ARG(target->path)));
        if (!importer->is_std && target->is_std && str_has_prefix(target->path, STR("vendor/")))
                refuse_import(importer, PACKAGE_BAD_PATH, import,
                              str_fmt(checker->arena, "%.*s must be imported as %.*s",
                                      STR_ARG(target->path),
                                      STR_ARG(str_drop_prefix(target->path, STR("vendor/")))));
        if (str_eq(target->name, STR("main")) && target != importer)
                refuse_import(importer, PACKAGE_IMPORTS_MAIN, import,
                              str_fmt(checker->arena,
                                      "import \"%.*s\" is a program, not an importable package",
                                      STR_ARG(target->path)));
}

static void check_imports(struct checker *checker, struct package *importer,
                          const struct package_imports *imports) {
        for (size_t i = 0; i < imports->count; i++)
                if (imports->items[i].target != PACKAGE_NONE)
                        check_import(checker, importer, &imports->items[i]);
}

/* ---- import paths that differ only in case ---- */

static void check_folded_paths(struct checker *checker) {
        struct map folded = map_make(checker->arena);

        for (size_t i = 0; i < checker->packages->count; i++) {
                struct package *package = &checker->packages->items[i];
                void **slot = map_put(&folded, modzip_fold(checker->arena, package->path));
                struct package *other = *slot;
                struct package_import nowhere = { 0 };

                if (!other)
                        *slot = package;
                else
                        refuse_import(package, PACKAGE_SAME_FOLDED, &nowhere,
                                      str_fmt(checker->arena,
                                              "case-insensitive import collision: \"%.*s\" and "
                                              "\"%.*s\"",
                                              STR_ARG(package->path), STR_ARG(other->path)));
        }
}

/* ---- cycles ---- */

enum color { WHITE, GRAY, BLACK };

struct visit {
        uint32_t package;
        size_t next; /* import to look at next */
};

/* The import of the package that a visit stands before; NULL at the end. */
static const struct package_import *next_import(const struct checker *checker,
                                                struct visit *visit) {
        const struct package_imports *imports = &checker->packages->items[visit->package].imports;

        while (visit->next < imports->count) {
                const struct package_import *import = &imports->items[visit->next++];

                if (import->target != PACKAGE_NONE)
                        return import;
        }
        return NULL;
}

/* The go command blames the package that the cycle comes back to. */
static void refuse_cycle(struct checker *checker, uint32_t importer,
                         const struct package_import *import) {
        struct package *target = &checker->packages->items[import->target];

        if (target->problem.kind != PACKAGE_OK)
                return;
        refuse_import(target, PACKAGE_CYCLE, import, STR("import cycle not allowed"));
        target->problem.importer = importer;
}

static void find_cycles_from(struct checker *checker, unsigned char *colors, uint32_t start) {
        VEC(struct visit) stack = { 0 };

        *VEC_ADD(checker->arena, &stack) = (struct visit){ .package = start };
        colors[start] = GRAY;
        while (stack.count) {
                struct visit *top = &stack.items[stack.count - 1];
                uint32_t package = top->package;
                const struct package_import *import = next_import(checker, top);

                if (!import) {
                        colors[package] = BLACK;
                        stack.count--;
                } else if (colors[import->target] == GRAY) {
                        refuse_cycle(checker, package, import);
                } else if (colors[import->target] == WHITE) {
                        colors[import->target] = GRAY;
                        *VEC_ADD(checker->arena, &stack) =
                                (struct visit){ .package = import->target };
                }
        }
}

/* Marks what is reached from the package without its tests. */
static bool reaches(struct checker *checker, uint32_t *marks, uint32_t mark, uint32_t from,
                    uint32_t wanted) {
        VEC(uint32_t) queue = { 0 };

        if (marks[from] == mark)
                return false;
        marks[from] = mark;
        *VEC_ADD(checker->arena, &queue) = from;
        for (size_t at = 0; at < queue.count; at++) {
                struct visit visit = { .package = queue.items[at] };
                const struct package_import *import;

                if (queue.items[at] == wanted)
                        return true;
                while ((import = next_import(checker, &visit))) {
                        if (marks[import->target] == mark)
                                continue;
                        marks[import->target] = mark;
                        *VEC_ADD(checker->arena, &queue) = import->target;
                }
        }
        return false;
}

/* A test inside the package makes a cycle where what it imports needs the package itself. */
static void find_test_cycles(struct checker *checker, uint32_t *marks, uint32_t index) {
        struct package *package = &checker->packages->items[index];

        for (size_t i = 0; i < package->test_imports.count; i++) {
                const struct package_import *import = &package->test_imports.items[i];

                if (import->target == PACKAGE_NONE ||
                    checker->packages->items[import->target].is_std)
                        continue;
                if (reaches(checker, marks, index + 1, import->target, index))
                        refuse_import(package, PACKAGE_CYCLE, import,
                                      STR("import cycle not allowed in test"));
        }
}

static void check_cycles(struct checker *checker) {
        size_t count = checker->packages->count;
        unsigned char *colors = ARENA_ARRAY(checker->arena, unsigned char, count);
        uint32_t *marks = ARENA_ARRAY(checker->arena, uint32_t, count);

        for (uint32_t i = 0; i < count; i++)
                if (colors[i] == WHITE)
                        find_cycles_from(checker, colors, i);
        for (uint32_t i = 0; i < count; i++)
                if (checker->packages->items[i].follows_tests)
                        find_test_cycles(checker, marks, i);
}

void packages_check(const struct packages_world *world, struct packages *packages,
                    struct arena *arena) {
        AUTO_ARENA scratch = arena_make(arena->budget);
        struct checker checker = { world, packages, arena };
        struct checker cycles = { world, packages, &scratch };

        for (size_t i = 0; i < packages->count && !world->context->any; i++) {
                struct package *package = &packages->items[i];

                check_imports(&checker, package, &package->imports);
                if (package->follows_tests) {
                        check_imports(&checker, package, &package->test_imports);
                        check_imports(&checker, package, &package->xtest_imports);
                }
        }
        if (world->context->any)
                return;
        check_folded_paths(&checker);
        check_cycles(&cycles);
}
