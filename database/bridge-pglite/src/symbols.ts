/** The one list of the library's symbols, which bridge.sql names; functions.ts says what each does. */
export const symbols = [
  'pgml_call',
  'pgml_stream',
  'pgml_push',
  'pgml_predict_project',
  'pgml_predict_model',
  'pgml_predict_proba_project',
  'pgml_predict_proba_model',
  'pgml_predict_batch_project',
  'pgml_predict_batch_model',
  'pgml_encode',
  'pgml_invalidate',
] as const;
