/* The evaluators, which wasm2c has made from compute/kernels, and what they ask of their host. */
#include "models.h"

#include "pgml.h"

#pragma GCC diagnostic ignored "-Wunused-function"
#pragma GCC diagnostic ignored "-Wunused-value"
#pragma GCC diagnostic ignored "-Wdeclaration-after-statement"
#include "generated/evaluate.c"

/* A block that was checked when it was loaded cannot come here; pages that were damaged since then can. */
void
wasm_rt_trap(wasm_rt_trap_t trap)
{
	ereport(ERROR,
			(errcode(ERRCODE_DATA_CORRUPTED),
			 errmsg("not a usable model: its evaluation left the model's memory"),
			 errdetail("WebAssembly trap %d.", (int) trap),
			 errhint("Empty pgml.model_cache_directory while the server is stopped, and train the model again if that does not help.")));
}

/* The memory that an instance imports; the instance is made by hand, so nobody asks. */
wasm_rt_memory_t *
w2c_env_memory(struct w2c_env *memory)
{
	return (wasm_rt_memory_t *) memory;
}
