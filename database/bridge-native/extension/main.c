/* The library's beginning. */
#include "pgml.h"

#include "utils/guc.h"

PG_MODULE_MAGIC;

void		_PG_init(void);

static char *seed;

void
_PG_init(void)
{
	/*
	 * The SQL functions read this setting and check it; it is defined here because a reserved prefix allows no
	 * others.
	 */
	DefineCustomStringVariable("pgml.seed", "Seed of splits and trainings, an integer from 0 to 4294967295.",
							   "Without one it is 42.", &seed, "", PGC_USERSET, 0, NULL, NULL, NULL);

	pgml_channel_init();
	pgml_models_init();
	pgml_model_files_init();
	pgml_invalidate_init();

#if PG_VERSION_NUM >= 150000
	MarkGUCPrefixReserved("pgml");
#else
	EmitWarningsOnPlaceholders("pgml");
#endif
}
