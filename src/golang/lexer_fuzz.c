/* Any bytes give tokens that lie in order inside the source and come to an end. */
#include "golang/lexer.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
        struct str source = { (const char *)data, size };
        struct lexer lexer = lexer_make(source, size % 2);
        size_t end = 0;

        for (struct token token; (token = lexer_next(&lexer)).kind != TOKEN_EOF;) {
                assert(token.implied || token.offset >= end);
                assert(token.pos.line >= 1 && token.pos.column >= 1);
                end = token.offset + token.text.len;
                assert(end <= lexer.source.len);
        }
        return 0;
}
