#include "modload/vendorneed.h"

#include "base/map.h"

struct comparing {
        const struct vendorlist_input *input;
        const struct vendorplan *plan;
        struct arena *arena;
        vendor_differences *out;
        struct map listed; /* package path to its struct modulestxt_package */
        struct map needed; /* package path to its struct vendorplan_module */
        bool is_whole;
};

const struct package *vendorneed_problem(const struct vendorplan *plan) {
        for (size_t i = 0; i < plan->packages.count; i++) {
                enum package_problem_kind kind = plan->packages.items[i].problem.kind;

                if (kind != PACKAGE_OK && kind != PACKAGE_MISSING_STD)
                        return &plan->packages.items[i];
        }
        return NULL;
}

static struct vendor_difference *add(struct comparing *c, enum vendor_difference_kind kind,
                                     struct mod_version mod, uint32_t line, struct str package) {
        struct vendor_difference *difference = VEC_ADD(c->arena, c->out);

        difference->kind = kind;
        difference->file = c->input->file;
        difference->line = line;
        difference->mod = mod;
        difference->package = package;
        return difference;
}

static void index_packages(struct comparing *c) {
        const struct modulestxt *txt = c->input->txt;

        c->listed = map_make(c->arena);
        c->needed = map_make(c->arena);
        for (size_t i = 0; i < txt->package_count; i++)
                *map_put(&c->listed, txt->packages[i].path) = &txt->packages[i];
        for (size_t i = 0; i < c->plan->module_count; i++)
                for (size_t j = 0; j < c->plan->modules[i].package_count; j++)
                        *map_put(&c->needed, c->plan->modules[i].packages[j]) =
                                (void *)(uintptr_t)&c->plan->modules[i];
}

static bool is_said(const struct comparing *c, enum vendor_difference_kind kind, struct str path) {
        for (size_t i = 0; i < c->out->count; i++)
                if (c->out->items[i].kind == kind && str_eq(c->out->items[i].mod.path, path))
                        return true;
        return false;
}

/* A version is wrong for all packages of its module together. */
static void compare_version(struct comparing *c, const struct modulestxt_module *listed,
                            const struct vendorplan_module *needed) {
        struct vendor_difference *difference;

        if (is_said(c, VENDOR_OTHER_VERSION, listed->mod.path))
                return;
        difference = add(c, VENDOR_OTHER_VERSION, needed->mod, listed->line, STR_NONE);
        difference->want = needed->mod.version;
        difference->got = listed->mod.version;
}

static void compare_module(struct comparing *c, const struct modulestxt_package *package,
                           const struct modulestxt_module *listed,
                           const struct vendorplan_module *needed) {
        struct vendor_difference *difference;

        if (mod_version_eq(listed->mod, needed->mod))
                return;
        if (str_eq(listed->mod.path, needed->mod.path)) {
                compare_version(c, listed, needed);
                return;
        }
        difference = add(c, VENDOR_PACKAGE_OTHER_MODULE, needed->mod, package->line, package->path);
        difference->want = mod_version_text(c->arena, needed->mod);
        difference->got = mod_version_text(c->arena, listed->mod);
}

static void compare_listed(struct comparing *c) {
        const struct modulestxt *txt = c->input->txt;

        for (size_t i = 0; i < txt->package_count; i++) {
                const struct modulestxt_package *package = &txt->packages[i];
                const struct modulestxt_module *listed = &txt->modules[package->module];
                void **slot = map_get(&c->needed, package->path);

                if (slot)
                        compare_module(c, package, listed, *slot);
                else if (c->is_whole)
                        add(c, VENDOR_PACKAGE_NOT_NEEDED, listed->mod, package->line,
                            package->path);
        }
}

static void compare_needed(struct comparing *c) {
        for (size_t i = 0; i < c->plan->module_count; i++) {
                const struct vendorplan_module *needed = &c->plan->modules[i];
                uint32_t line = modulestxt_find(c->input->txt, needed->mod).line;

                for (size_t j = 0; j < needed->package_count; j++)
                        if (!map_has(&c->listed, needed->packages[j]))
                                add(c, VENDOR_PACKAGE_NOT_VENDORED, needed->mod, line,
                                    needed->packages[j]);
        }
}

static bool is_about_list(const struct comparing *c, const struct vendor_difference *difference) {
        return str_eq(difference->file, c->input->file);
}

static void compare_text(struct comparing *c, struct str text) {
        struct str want = c->plan->modules_txt, left, right;
        uint32_t line = 0;

        for (size_t i = 0; i < c->out->count; i++)
                if (is_about_list(c, &c->out->items[i]))
                        return;
        if (!c->is_whole || str_eq(text, want))
                return;
        for (bool more = true; more; line++) {
                bool more_left = str_next_line(&text, &left);
                bool more_right = str_next_line(&want, &right);

                more = more_left && more_right && str_eq(left, right);
        }
        add(c, VENDOR_LIST_DIFFERS, (struct mod_version){ 0 }, line, STR_NONE);
}

void vendorneed_compare(const struct vendorlist_input *input, struct str text,
                        const struct vendorplan *plan, struct arena *arena,
                        vendor_differences *out) {
        struct comparing c = { .input = input,
                               .plan = plan,
                               .arena = arena,
                               .out = out,
                               .is_whole = vendorneed_problem(plan) == NULL };

        if (input->txt->workspace != (input->work != NULL))
                return; /* said; a list of the other mode is not used */
        index_packages(&c);
        compare_listed(&c);
        compare_needed(&c);
        compare_text(&c, text);
}
