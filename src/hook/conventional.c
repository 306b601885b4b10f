#include "hook/conventional.h"

static const struct text no_colon = { "has no `type:` before what was done",
                                      "缺少描述之前的“类型:”" };
static const struct text bad_type = {
        "the type before the colon is one word of letters, digits, - and _",
        "冒号之前的类型应为一个单词（字母、数字、- 与 _）"
};
static const struct text bad_scope = { "the scope is one or more characters between ( and ), right "
                                       "before the colon",
                                       "范围应为冒号之前括号内的一个或多个字符" };
static const struct text no_space = { "the colon wants one space after it",
                                      "冒号之后应有一个空格" };
static const struct text no_description = { "says nothing after the colon", "冒号之后没有描述" };
static const struct text no_blank_line = { "must be blank: the body starts on the third line",
                                           "第二行应为空行，正文从第三行开始" };

static bool is_letter(char c) {
        return ((c | 32) >= 'a' && (c | 32) <= 'z') || (c & 0x80);
}

static bool is_type(struct str type) {
        if (!type.len || !is_letter(type.ptr[0]))
                return false;
        for (size_t i = 1; i < type.len; i++) {
                char c = type.ptr[i];

                if (!is_letter(c) && (c < '0' || c > '9') && c != '-' && c != '_')
                        return false;
        }
        return true;
}

static bool is_scope(struct str scope) {
        return str_trim(scope).len && str_find(scope, '(') == SIZE_MAX &&
               str_find(scope, ')') == SIZE_MAX;
}

/* "type", "type(scope)", each with "!" behind it or not. */
static const struct text *fault_of_head(struct str head) {
        struct str type, scope;

        head = str_drop_suffix(head, STR("!"));
        if (!str_cut(head, '(', &type, &scope))
                return is_type(head) ? NULL : &bad_type;
        if (!is_type(type))
                return &bad_type;
        if (!str_has_suffix(scope, STR(")")) || !is_scope(str_slice(scope, 0, scope.len - 1)))
                return &bad_scope;
        return NULL;
}

/* The colon that ends the head: a scope may hold one too. */
static size_t colon_of(struct str line) {
        size_t open = str_find(line, '('), colon = str_find(line, ':');
        size_t close = str_find(line, ')');

        if (open == SIZE_MAX || colon < open || close == SIZE_MAX || close < open)
                return colon;
        colon = str_find(str_slice(line, close, line.len), ':');
        return colon == SIZE_MAX ? SIZE_MAX : colon + close;
}

static const struct text *fault_of_first(struct str line) {
        size_t colon = colon_of(line);
        struct str description;
        const struct text *fault;

        if (colon == SIZE_MAX)
                return &no_colon;
        fault = fault_of_head(str_slice(line, 0, colon));
        if (fault)
                return fault;
        description = str_slice(line, colon + 1, line.len);
        if (!str_trim(description).len)
                return &no_description;
        return str_has_prefix(description, STR(" ")) ? NULL : &no_space;
}

const struct text *conventional_fault(struct str message, unsigned *ret_line) {
        struct str rest = message, line = STR_NONE;
        const struct text *fault;

        (void)str_next_line(&rest, &line);
        *ret_line = 1;
        fault = fault_of_first(line);
        if (fault)
                return fault;
        *ret_line = 2;
        return str_next_line(&rest, &line) && line.len ? &no_blank_line : NULL;
}
