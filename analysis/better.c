#include "compare.h"

int compare_better(int outcome)
{
    static const signed char better[NUM_OUTCOMES] = {
#define X(id, sign) [OUTCOME_##id] = sign,
#include "better.def"
#undef X
    };
    return better[outcome];
}
