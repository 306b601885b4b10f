#include "leak/database.h"

#include <assert.h>
#include <hs/hs.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

struct database {
        hs_database_t *hs;
};

struct database_scratch {
        hs_scratch_t *hs;
};

/* Vectorscan makes C strings of expressions; those of one compilation live in one block. */
struct compilation {
        const char **expressions;
        unsigned *flags, *numbers;
        unsigned count;
        char *text;
};

static void compilation_free(struct compilation *compilation) {
        free(compilation->expressions);
        free(compilation->flags);
        free(compilation->numbers);
        free(compilation->text);
}

static bool compilation_take_memory(struct compilation *compilation, const struct str *firsts,
                                    size_t count) {
        size_t size = 1;

        for (size_t i = 0; i < count; i++)
                size += firsts[i].len + 1;
        compilation->expressions = calloc(count + 1, sizeof(*compilation->expressions));
        compilation->flags = calloc(count + 1, sizeof(*compilation->flags));
        compilation->numbers = calloc(count + 1, sizeof(*compilation->numbers));
        compilation->text = calloc(size, 1);
        return compilation->expressions && compilation->flags && compilation->numbers &&
               compilation->text;
}

static void compilation_fill(struct compilation *compilation, const struct str *firsts,
                             size_t count, bool *ret_left_out) {
        char *at = compilation->text;

        for (size_t i = 0; i < count; i++) {
                ret_left_out[i] = !firsts[i].len || memchr(firsts[i].ptr, '\0', firsts[i].len);
                if (ret_left_out[i])
                        continue;
                memcpy(at, firsts[i].ptr, firsts[i].len);
                compilation->expressions[compilation->count] = at;
                compilation->numbers[compilation->count++] = (unsigned)i;
                at += firsts[i].len + 1;
        }
}

static void compilation_drop(struct compilation *compilation, unsigned at, bool *ret_left_out) {
        ret_left_out[compilation->numbers[at]] = true;
        compilation->count--;
        for (unsigned i = at; i < compilation->count; i++) {
                compilation->expressions[i] = compilation->expressions[i + 1];
                compilation->numbers[i] = compilation->numbers[i + 1];
        }
}

/* Vectorscan names one expression that it refuses at a time. */
static hs_error_t compile(struct compilation *compilation, bool *ret_left_out,
                          hs_database_t **ret_hs) {
        const hs_platform_info_t any = { .tune = HS_TUNE_FAMILY_GENERIC, .cpu_features = 0 };
        hs_compile_error_t *refused = NULL;
        hs_error_t status = HS_COMPILER_ERROR;

        while (compilation->count) {
                int at;

                status = hs_compile_multi(compilation->expressions, compilation->flags,
                                          compilation->numbers, compilation->count, HS_MODE_BLOCK,
                                          &any, ret_hs, &refused);
                if (status != HS_COMPILER_ERROR)
                        return status;
                at = refused ? refused->expression : -1;
                hs_free_compile_error(refused);
                if (at < 0 || (unsigned)at >= compilation->count)
                        return status;
                compilation_drop(compilation, (unsigned)at, ret_left_out);
        }
        return status;
}

static struct database *database_of(hs_database_t *hs) {
        struct database *database = calloc(1, sizeof(*database));

        if (!database)
                hs_free_database(hs);
        else
                database->hs = hs;
        return database;
}

static bool no_memory(struct err *err) {
        return err_set(err, ERR_LIMIT, "there is no memory for the database of secrets rules");
}

bool database_compile(const struct str *firsts, size_t count, bool *ret_left_out,
                      struct database **ret_database, struct err *err) {
        struct compilation compilation = { 0 };
        hs_database_t *hs = NULL;
        hs_error_t status = HS_NOMEM;

        if (compilation_take_memory(&compilation, firsts, count)) {
                compilation_fill(&compilation, firsts, count, ret_left_out);
                status = compile(&compilation, ret_left_out, &hs);
        }
        compilation_free(&compilation);
        if (status == HS_NOMEM)
                return no_memory(err);
        if (status != HS_SUCCESS)
                return err_set(err, ERR_UNSUPPORTED,
                               "no expression of the secrets rules can be compiled");
        *ret_database = database_of(hs);
        return *ret_database || no_memory(err);
}

bool database_serialize(struct arena *arena, const struct database *database, struct str *ret_bytes,
                        struct err *err) {
        char *bytes = NULL;
        size_t size = 0;

        if (hs_serialize_database(database->hs, &bytes, &size) != HS_SUCCESS)
                return no_memory(err);
        *ret_bytes = str_dup(arena, (struct str){ bytes, size });
        free(bytes);
        return true;
}

bool database_load(struct str bytes, struct database **ret_database, struct err *err) {
        hs_database_t *hs = NULL;
        hs_error_t status = hs_deserialize_database(bytes.ptr, bytes.len, &hs);

        if (status == HS_NOMEM)
                return no_memory(err);
        if (status != HS_SUCCESS)
                return err_set(err, ERR_UNSUPPORTED,
                               "the database of secrets rules was made for something else");
        *ret_database = database_of(hs);
        return *ret_database || no_memory(err);
}

void database_close(struct database **database) {
        if (!*database)
                return;
        hs_free_database((*database)->hs);
        free(*database);
        *database = NULL;
}

size_t database_width(struct arena *arena, struct str first) {
        hs_compile_error_t *refused = NULL;
        hs_expr_info_t *info = NULL;
        size_t width = SIZE_MAX;

        if (hs_expression_info(str_to_c(arena, first), 0, &info, &refused) == HS_SUCCESS &&
            info->max_width != UINT_MAX)
                width = info->max_width;
        hs_free_compile_error(refused);
        free(info);
        return width;
}

bool database_can_scan(void) {
        return hs_valid_platform() == HS_SUCCESS && __builtin_cpu_supports("sse4.2");
}

struct str database_version(void) {
        return str_of(hs_version());
}

struct database_scratch *database_scratch_open(const struct database *database) {
        struct database_scratch *scratch = calloc(1, sizeof(*scratch));

        if (scratch && hs_alloc_scratch(database->hs, &scratch->hs) != HS_SUCCESS) {
                free(scratch);
                scratch = NULL;
        }
        return scratch;
}

void database_scratch_close(struct database_scratch **scratch) {
        if (!*scratch)
                return;
        hs_free_scratch((*scratch)->hs);
        free(*scratch);
        *scratch = NULL;
}

struct relay {
        database_end *end;
        void *ctx;
};

static int relay_end(unsigned id, unsigned long long from, unsigned long long to, unsigned flags,
                     void *ctx) {
        const struct relay *relay = ctx;

        (void)from;
        (void)flags;
        return relay->end(relay->ctx, id, (size_t)to) ? 0 : 1;
}

bool database_scan(const struct database *database, struct database_scratch *scratch,
                   struct str text, database_end *end, void *ctx) {
        struct relay relay = { end, ctx };
        hs_error_t status;

        assert(text.len <= DATABASE_TEXT_MAX);
        if (!text.len)
                return true;
        status = hs_scan(database->hs, text.ptr, (unsigned)text.len, 0, scratch->hs, relay_end,
                         &relay);
        /* Whatever else it may say is a bug of ours: a scratch in use, a database that is none. */
        assert(status == HS_SUCCESS || status == HS_SCAN_TERMINATED);
        return status == HS_SUCCESS;
}
