/* data/toml_impl.h: the parts of the TOML reader. Only data/ includes this. */
#pragma once

#include "data/toml.h"

/* Reads a word that is no string: true, a number, a date, a time. Fills the kind and the value; the
 * text is the caller's. Where it is none, *ret_why says what is wrong with it. */
MUST_USE bool toml_read_word(struct str word, struct toml_node *node, const char **ret_why);

/* Whether the word is a date alone, which a space and a time may follow. */
bool toml_is_date(struct str word);
