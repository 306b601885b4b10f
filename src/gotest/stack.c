#include "gotest/stack.h"

#include "base/vec.h"

#define GO_SUFFIX STR(".go:")
#define CREATED STR("created by ")

bool stack_is_goroutine_line(struct str line) {
        return str_has_prefix(line, STR("goroutine ")) && str_contains(line, STR(" [")) &&
               str_has_suffix(str_trim(line), STR("]:"));
}

/* A title stands at the margin and ends in a colon; so may a function's name never. */
static bool is_title(struct str line) {
        return line.len && line.ptr[0] != ' ' && line.ptr[0] != '\t' &&
               str_has_suffix(line, STR(":")) &&
               (stack_is_goroutine_line(line) || str_contains(line, STR(" by ")) ||
                str_has_suffix(line, STR("created at:")));
}

static struct str digits_of(struct str s) {
        size_t count = 0;

        while (count < s.len && s.ptr[count] >= '0' && s.ptr[count] <= '9')
                count++;
        return str_slice(s, 0, count);
}

bool stack_take_place(struct str line, struct str *ret_path, uint32_t *ret_line,
                      struct str *ret_rest) {
        struct str text = str_trim(line), digits;
        size_t at = str_find_str(text, GO_SUFFIX);
        uint64_t number;

        if (at == SIZE_MAX || at == 0)
                return false;
        digits = digits_of(str_slice(text, at + GO_SUFFIX.len, text.len));
        if (!str_to_u64(digits, &number) || number == 0 || number > UINT32_MAX)
                return false;
        *ret_path = str_slice(text, 0, at + GO_SUFFIX.len - 1);
        *ret_line = (uint32_t)number;
        *ret_rest = str_slice(text, at + GO_SUFFIX.len + digits.len, text.len);
        return true;
}

/* "pkg.(*T).F(0xc000, ...)" without what is in the last brackets. */
static struct str without_arguments(struct str line) {
        size_t at = str_find_last(line, '(');

        if (!str_has_suffix(line, STR(")")) || at == SIZE_MAX || at == 0)
                return line;
        return str_slice(line, 0, at);
}

static bool is_place_line(struct str line, struct test_frame *frame) {
        struct str rest;

        return (str_has_prefix(line, STR(" ")) || str_has_prefix(line, STR("\t"))) &&
               stack_take_place(line, &frame->path, &frame->line, &rest) &&
               (!rest.len || str_has_prefix(rest, STR(" +0x")));
}

static void take_created(struct str function, const struct test_frame *place,
                         struct test_stack *stack) {
        size_t at = str_find_str(function, STR(" in goroutine "));

        stack->created = *place;
        stack->created.function = at == SIZE_MAX ? function : str_slice(function, 0, at);
}

struct stack_reader {
        struct arena *arena;
        VEC(struct test_stack) stacks;
        VEC(struct test_frame) frames; /* of the section that is read */
        struct str function;           /* the line before */
        size_t total;
};

static void end_section(struct stack_reader *r) {
        struct test_stack *stack;

        if (!r->stacks.count || r->total > STACKS_MAX)
                return;
        stack = &r->stacks.items[r->stacks.count - 1];
        stack->frames = r->frames.items;
        stack->frame_count = r->frames.count;
        r->frames.items = NULL;
        r->frames.count = r->frames.capacity = 0;
}

static void begin_section(struct stack_reader *r, struct str title) {
        end_section(r);
        r->function = STR_NONE;
        if (++r->total <= STACKS_MAX)
                *VEC_ADD(r->arena, &r->stacks) = (struct test_stack){
                        .title = str_drop_suffix(title, STR(":")),
                };
}

static void read_line(struct stack_reader *r, struct str line) {
        struct test_frame frame = { 0 };

        if (is_title(line)) {
                begin_section(r, line);
                return;
        }
        if (!r->stacks.count || r->total > STACKS_MAX)
                return;
        if (!is_place_line(line, &frame)) {
                r->function = str_trim(line);
                return;
        }
        if (str_has_prefix(r->function, CREATED)) {
                take_created(str_drop_prefix(r->function, CREATED), &frame,
                             &r->stacks.items[r->stacks.count - 1]);
        } else if (r->function.len && r->frames.count < STACK_FRAMES_MAX) {
                frame.function = without_arguments(r->function);
                *VEC_ADD(r->arena, &r->frames) = frame;
        }
        r->function = STR_NONE;
}

struct test_stacks stack_parse(struct arena *arena, struct str text) {
        struct stack_reader r = { .arena = arena };
        struct str line;

        while (str_next_line(&text, &line))
                read_line(&r, str_drop_suffix(line, STR("\r")));
        end_section(&r);
        return (struct test_stacks){ r.stacks.items, r.stacks.count, r.total };
}
