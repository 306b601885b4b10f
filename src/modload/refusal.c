#include "modload/refusal.h"

#include "modcache/module.h"
#include "modload/refusal_state.h"

static const char *const names[] = {
#define X(kind, name) [kind] = (name),
        REFUSALS(X)
#undef X
};

const char *refusal_name(enum refusal_kind kind) {
        return names[kind];
}

struct refusal *refusal_add(struct judge *judge, enum refusal_kind kind, struct str detail) {
        struct refusal *refusal = &judge->unlisted;

        if (judge->refusals.count < REFUSAL_LIST_MAX)
                refusal = VEC_ADD(judge->arena, &judge->refusals);
        *refusal = (struct refusal){ .kind = kind, .detail = detail };
        return refusal;
}

/* A limit of weir is none of the go command. */
static const char *limit_mend(const struct err *err) {
        return err->code == ERR_LIMIT && !*err->mend
                       ? "make it smaller, or judge with the go command"
                       : err->mend;
}

struct refusal *refusal_add_err(struct judge *judge, enum refusal_kind kind,
                                const struct err *err) {
        struct refusal *refusal =
                refusal_add(judge, kind, str_dup(judge->arena, str_of(err->message)));

        refusal->file = str_dup(judge->arena, str_of(err->file));
        refusal->line = err->line;
        refusal->column = err->column;
        refusal->mend = str_dup(judge->arena, str_of(err->mend));
        return refusal;
}

void refusal_add_unjudged(struct judge *judge, struct mod_version mod, const struct err *err) {
        for (size_t i = 0; i < judge->unjudged.count; i++)
                if (mod.path.len && str_eq(judge->unjudged.items[i].module, mod.path) &&
                    str_eq(judge->unjudged.items[i].version, mod.version))
                        return;
        if (judge->unjudged.count == REFUSAL_LIST_MAX)
                return;
        *VEC_ADD(judge->arena, &judge->unjudged) =
                (struct refusal_unjudged){ .module = mod.path,
                                           .version = mod.version,
                                           .why = str_dup(judge->arena,
                                                          err_line(err, judge->arena)),
                                           .mend = str_dup(judge->arena, str_of(limit_mend(err))) };
}

static bool judge_stages(struct judge *judge) {
        static bool (*const stages[])(struct judge * judge) = { refusal_files, refusal_graph,
                                                                refusal_packages };

        /* What is not there might change all that comes after it. */
        for (size_t i = 0;
             i < COUNT_OF(stages) && !refusal_found(judge) && judge->unjudged.count == 0; i++)
                if (!stages[i](judge))
                        return false;
        return true;
}

bool refusal_judge(struct arena *arena, const struct refusal_input *input,
                   struct refusal_report *ret_report, struct err *err) {
        struct judge *judge = ARENA_NEW(arena, struct judge);
        bool ok;

        judge->arena = arena;
        judge->input = input;
        judge->err = err;
        ok = judge_stages(judge);
        for (size_t i = 0; i < judge->opened.count; i++)
                modcache_module_close(&judge->opened.items[i]);
        if (!ok)
                return false;
        *ret_report = (struct refusal_report){
                .refusals = judge->refusals.items,
                .refusal_count = judge->refusals.count,
                .unjudged = judge->unjudged.items,
                .unjudged_count = judge->unjudged.count,
                .list = judge->list,
                .packages = judge->packages,
                .modules = judge->modules,
                .module_count = judge->module_count,
        };
        return true;
}
