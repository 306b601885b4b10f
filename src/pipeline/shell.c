#include "pipeline/shell.h"

struct shell {
        struct str text;
        size_t at;
        struct shell_command command;
        shell_visit *visit;
        void *ctx;
        size_t visited;
        size_t depth;       /* of open substitutions */
        struct str heredoc; /* the word that ends the next here-document */
        /* Nothing closes the last that was opened, so nothing closes a later one. */
        bool is_open_expression, is_open_brace;
};

static char peek(const struct shell *s, size_t ahead) {
        return s->at + ahead < s->text.len ? s->text.ptr[s->at + ahead] : '\0';
}

struct str shell_word(struct str word) {
        char quote = word.len >= 2 ? word.ptr[0] : '\0';

        if ((quote == '"' || quote == '\'') && word.ptr[word.len - 1] == quote)
                return str_slice(word, 1, word.len - 1);
        return word;
}

static struct str base_name(struct str word) {
        struct str folder, name = word;

        str_cut_last(word, '/', &folder, &name);
        return name;
}

struct str shell_argument(const struct shell_command *command, size_t at) {
        return command->first + at < command->count
                       ? shell_word(command->words[command->first + at])
                       : STR_NONE;
}

struct str shell_program(const struct shell_command *command) {
        return base_name(shell_argument(command, 0));
}

bool shell_has(const struct shell_command *command, struct str argument) {
        for (size_t i = command->first + 1; i < command->count; i++)
                if (str_eq(shell_word(command->words[i]), argument))
                        return true;
        return false;
}

static bool is_name(struct str text) {
        for (size_t i = 0; i < text.len; i++) {
                char c = text.ptr[i];

                if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
                      (i && c >= '0' && c <= '9')))
                        return false;
        }
        return text.len > 0;
}

static bool is_assignment(struct str word) {
        struct str name, value;

        return str_cut(word, '=', &name, &value) && is_name(name);
}

/* Words that run what stands behind them. */
static bool is_prefix(struct str word) {
        static const char *const words[] = { "sudo",  "env",   "time",  "exec", "command",
                                             "nohup", "if",    "then",  "else", "elif",
                                             "do",    "while", "until", "!",    "{",
                                             "nice",  "-E",    "-n",    "-H",   "xvfb-run",
                                             "&" };

        for (size_t i = 0; i < COUNT_OF(words); i++)
                if (str_eq(word, str_of(words[i])))
                        return true;
        return false;
}

static size_t find_program(const struct shell_command *command) {
        size_t at = 0;

        while (at < command->count &&
               (is_assignment(command->words[at]) || is_prefix(shell_word(command->words[at]))))
                at++;
        return at;
}

static void end_command(struct shell *s, bool pipes) {
        if (s->command.count && s->visited < SHELL_COMMANDS_MAX) {
                s->command.first = find_program(&s->command);
                s->command.is_substituted = s->depth > 0;
                s->visit(s->ctx, &s->command);
                s->visited++;
        }
        s->command.count = 0;
        s->command.is_piped = pipes;
}

/* Behind a quote: moves to the one that closes it. */
static void skip_quoted(struct shell *s, char quote) {
        while (s->at < s->text.len && s->text.ptr[s->at] != quote) {
                if (quote == '"' && s->text.ptr[s->at] == '\\')
                        s->at++;
                s->at++;
        }
}

static bool ends_word(char c) {
        return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == ';' || c == '&' ||
               c == '|' || c == '(' || c == ')' || c == '`';
}

/* ${{ ... }} of a pipeline file and ${...} of the shell stay in one word. */
static bool skip_braced(struct shell *s) {
        struct str rest = str_slice(s->text, s->at, s->text.len);
        bool is_expression = str_has_prefix(rest, STR("${{"));
        bool *is_open = is_expression ? &s->is_open_expression : &s->is_open_brace;
        size_t end;

        if (*is_open || !str_has_prefix(rest, STR("${")))
                return false;
        end = is_expression ? str_find_str(rest, STR("}}")) : str_find(rest, '}');
        *is_open = end == SIZE_MAX;
        if (*is_open)
                return false;
        s->at += end + (is_expression ? 2 : 1);
        return true;
}

/* `2>&1` and `&>file` are redirections. */
static bool is_redirection(const struct shell *s) {
        return s->text.ptr[s->at] == '&' &&
               (peek(s, 1) == '>' || (s->at && (s->text.ptr[s->at - 1] == '>')));
}

static void read_word(struct shell *s) {
        size_t start = s->at;
        struct str word;

        while (s->at < s->text.len && (!ends_word(s->text.ptr[s->at]) || is_redirection(s))) {
                char c = s->text.ptr[s->at];

                if (c == '$' && skip_braced(s))
                        continue;
                s->at++;
                if (c == '\\')
                        s->at++;
                else if (c == '"' || c == '\'')
                        skip_quoted(s, c), s->at++;
                else if ((c == '$' || c == '<') && peek(s, 0) == '(')
                        break;
        }
        s->at = MIN_OF(s->at, s->text.len);
        word = str_slice(s->text, start, s->at);
        if (word.len && s->command.count < SHELL_WORDS_MAX)
                s->command.words[s->command.count++] = word;
}

static void skip_line(struct shell *s) {
        while (s->at < s->text.len && s->text.ptr[s->at] != '\n')
                s->at++;
}

/* Behind `<<`: the word that ends the document. */
static void take_heredoc(struct shell *s) {
        struct str word, rest;

        s->at += peek(s, 0) == '-';
        while (peek(s, 0) == ' ')
                s->at++;
        rest = str_slice(s->text, s->at, s->text.len);
        if (!str_next_word(&rest, &word))
                return;
        str_cut(word, '\n', &word, &rest);
        s->at += word.len;
        s->heredoc = shell_word(str_trim(word));
}

static void skip_heredoc(struct shell *s) {
        struct str rest = str_slice(s->text, s->at, s->text.len), line;

        while (str_next_line(&rest, &line) && !str_eq(str_trim(line), s->heredoc)) {
        }
        s->at = s->text.len - rest.len;
        s->heredoc = STR_NONE;
}

static void end_line(struct shell *s) {
        s->at++;
        /* Behind `|` a command may go on in the next line. */
        end_command(s, !s->command.count && s->command.is_piped);
        if (s->heredoc.len)
                skip_heredoc(s);
}

/* `|` joins two commands, `||` and `&&` and the others do not. */
static void take_operator(struct shell *s, char c) {
        bool pipes = c == '|' && peek(s, 1) != '|';

        s->at += peek(s, 1) == c || (pipes && peek(s, 1) == '&') ? 2 : 1;
        end_command(s, pipes);
}

static void take_parenthesis(struct shell *s, char c) {
        s->at++;
        end_command(s, false);
        if (c == '(')
                s->depth++;
        else if (s->depth)
                s->depth--;
}

static void step(struct shell *s) {
        char c = s->text.ptr[s->at];

        if (c == '\n')
                end_line(s);
        else if (c == ' ' || c == '\t' || c == '\r')
                s->at++;
        else if (c == '\\' && (peek(s, 1) == '\n' || peek(s, 1) == '\r'))
                s->at += peek(s, 1) == '\r' ? 3 : 2;
        else if (c == '#')
                skip_line(s);
        else if (c == '<' && peek(s, 1) == '<' && peek(s, 2) != '<')
                s->at += 2, take_heredoc(s);
        else if (c == '(' || c == ')')
                take_parenthesis(s, c);
        else if ((c == ';' || c == '|' || c == '&' || c == '`') && !is_redirection(s))
                take_operator(s, c);
        else
                read_word(s);
}

void shell_each(struct str script, shell_visit *visit, void *ctx) {
        struct shell shell = { .text = script, .visit = visit, .ctx = ctx };

        while (shell.at < shell.text.len)
                step(&shell);
        end_command(&shell, false);
}
