// SPDX-License-Identifier: Apache-2.0
//
// The JSON floor: reads a file and builds simdjson's DOM of it, once, as the
// whole work of the process. Prints the number of members of the root, so that
// the work cannot be left out.
#include <cstdio>
#include <simdjson.h>

int main(int argc, char **argv)
{
    if (argc != 2)
        return 2;
    simdjson::dom::parser parser;
    simdjson::dom::element root;
    auto error = parser.load(argv[1]).get(root);
    if (error) {
        std::fprintf(stderr, "%s\n", simdjson::error_message(error));
        return 1;
    }
    simdjson::dom::object members;
    std::printf("%zu\n", root.get(members) ? size_t{0} : members.size());
    return 0;
}
