#include "leak/pattern.h"

#include <stdatomic.h>
#include <stdlib.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#define STACK_SIZE_FIRST ((size_t)32 << 10)
#define STACK_SIZE_MAX ((size_t)4 << 20)
#define NEST_MAX (4 * PATTERN_DEPTH_MAX) /* parentheses: a node may be written with two of them */

struct pattern_code {
        struct str pcre;
        _Atomic(pcre2_code *) ready; /* NULL: nobody has searched yet */
        atomic_bool is_refused;      /* PCRE2 has no room for it */
};

struct pattern_matcher {
        pcre2_match_data *data;
        pcre2_match_context *limits;
        pcre2_jit_stack *stack; /* may be NULL: then that of the thread is used */
};

struct pattern_code *pattern_code_make(struct arena *arena, struct str pcre) {
        struct pattern_code *code = ARENA_NEW(arena, struct pattern_code);

        code->pcre = pcre;
        atomic_init(&code->ready, NULL);
        atomic_init(&code->is_refused, false);
        return code;
}

void pattern_code_free(struct pattern_code *code) {
        pcre2_code_free(atomic_exchange(&code->ready, NULL));
}

static pcre2_code *compile(struct str pcre) {
        static const uint32_t options = PCRE2_ALT_CIRCUMFLEX | PCRE2_DOLLAR_ENDONLY |
                                        PCRE2_NEVER_BACKSLASH_C | PCRE2_NEVER_UCP |
                                        PCRE2_NEVER_UTF | PCRE2_USE_OFFSET_LIMIT;
        pcre2_compile_context *context = pcre2_compile_context_create(NULL);
        pcre2_code *code = NULL;
        PCRE2_SIZE at;
        int number;

        if (!context)
                return NULL;
        pcre2_set_newline(context, PCRE2_NEWLINE_LF);
        pcre2_set_parens_nest_limit(context, NEST_MAX);
        code = pcre2_compile((PCRE2_SPTR)(pcre.ptr ? pcre.ptr : ""), pcre.len, options, &number,
                             &at, context);
        pcre2_compile_context_free(context);
        /* Where the machine has no JIT compiler or allows none, the interpreter does it. */
        if (code)
                (void)pcre2_jit_compile(code, PCRE2_JIT_COMPLETE);
        return code;
}

/* What was compiled; two threads may do it at a time, and one of them drops its own. */
static const pcre2_code *ready_code(struct pattern_code *code) {
        pcre2_code *ready = atomic_load_explicit(&code->ready, memory_order_acquire);
        pcre2_code *mine;

        if (ready || atomic_load(&code->is_refused))
                return ready;
        mine = compile(code->pcre);
        if (!mine)
                atomic_store(&code->is_refused, true);
        else if (atomic_compare_exchange_strong(&code->ready, &ready, mine))
                return mine;
        else
                pcre2_code_free(mine);
        return ready;
}

struct pattern_matcher *pattern_matcher_open(void) {
        struct pattern_matcher *matcher = calloc(1, sizeof(*matcher));

        if (!matcher)
                return NULL;
        matcher->data = pcre2_match_data_create(PATTERN_GROUPS_MAX, NULL);
        matcher->limits = pcre2_match_context_create(NULL);
        if (!matcher->data || !matcher->limits) {
                pattern_matcher_close(&matcher);
                return NULL;
        }
        matcher->stack = pcre2_jit_stack_create(STACK_SIZE_FIRST, STACK_SIZE_MAX, NULL);
        pcre2_jit_stack_assign(matcher->limits, NULL, matcher->stack);
        pcre2_set_match_limit(matcher->limits, PATTERN_MATCH_LIMIT);
        pcre2_set_heap_limit(matcher->limits, PATTERN_HEAP_LIMIT_KIB);
        return matcher;
}

void pattern_matcher_close(struct pattern_matcher **matcher) {
        if (!*matcher)
                return;
        pcre2_jit_stack_free((*matcher)->stack);
        pcre2_match_context_free((*matcher)->limits);
        pcre2_match_data_free((*matcher)->data);
        free(*matcher);
        *matcher = NULL;
}

static void take_groups(const struct pattern_matcher *matcher, uint32_t count,
                        struct pattern_match *ret_match) {
        const PCRE2_SIZE *pairs = pcre2_get_ovector_pointer(matcher->data);

        ret_match->count = count;
        for (uint32_t i = 0; i < count; i++)
                ret_match->groups[i] = (struct pattern_span){ pairs[2 * i], pairs[2 * i + 1] };
}

static int match(const pcre2_code *code, struct pattern_matcher *matcher, struct str text,
                 size_t from) {
        PCRE2_SPTR bytes = (PCRE2_SPTR)(text.ptr ? text.ptr : "");
        int count = pcre2_match(code, bytes, text.len, from, 0, matcher->data, matcher->limits);

        if (count == PCRE2_ERROR_JIT_STACKLIMIT)
                count = pcre2_match(code, bytes, text.len, from, PCRE2_NO_JIT, matcher->data,
                                    matcher->limits);
        return count;
}

enum pattern_outcome pattern_search(struct pattern_code *code, struct pattern_matcher *matcher,
                                    struct str text, size_t from, size_t last_start,
                                    struct pattern_match *ret_match) {
        const pcre2_code *ready = ready_code(code);
        int count;

        if (!ready)
                return PATTERN_LIMIT;
        if (from > text.len || last_start < from)
                return PATTERN_NONE;
        pcre2_set_offset_limit(matcher->limits, MIN_OF(last_start, text.len));
        count = match(ready, matcher, text, from);
        if (count == PCRE2_ERROR_NOMATCH)
                return PATTERN_NONE;
        if (count <= 0)
                return PATTERN_LIMIT;
        take_groups(matcher, (uint32_t)count, ret_match);
        return PATTERN_FOUND;
}
