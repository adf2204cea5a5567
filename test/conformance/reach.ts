/**
 * What each scenario is about, by the fixture that must have been asked for. Scenarios that are about
 * lists, files or messages of the catalog, which the gateway answers itself, are not named.
 */
const subjects: Readonly<Record<string, readonly string[]>> = {
  'server-stateless': [
    'test_missing_capability',
    'test_streaming_elicitation',
    'test_logging_tool',
  ],
  'tools-call-simple-text': ['test_simple_text'],
  'tools-call-image': ['test_image_content'],
  'tools-call-audio': ['test_audio_content'],
  'tools-call-embedded-resource': ['test_embedded_resource'],
  'tools-call-mixed-content': ['test_multiple_content_types'],
  'tools-call-with-logging': ['test_tool_with_logging'],
  'tools-call-error': ['test_error_handling'],
  'tools-call-with-progress': ['test_tool_with_progress'],
  'tools-call-sampling': ['test_sampling'],
  'tools-call-elicitation': ['test_elicitation'],
  'elicitation-sep1034-defaults': ['test_elicitation_sep1034_defaults'],
  'elicitation-sep1330-enums': ['test_elicitation_sep1330_enums'],
  'server-sse-polling': ['test_reconnection'],
  'resources-templates-read': ['template'],
  'prompts-get-with-image': ['test_prompt_with_image'],
  'input-required-result-basic-elicitation': ['test_input_required_result_elicitation'],
  'input-required-result-basic-sampling': ['test_input_required_result_sampling'],
  'input-required-result-basic-list-roots': ['test_input_required_result_list_roots'],
  'input-required-result-request-state': ['test_input_required_result_request_state'],
  'input-required-result-multiple-input-requests': ['test_input_required_result_multiple_inputs'],
  'input-required-result-multi-round': ['test_input_required_result_multi_round'],
  'input-required-result-missing-input-response': ['test_input_required_result_elicitation'],
  'input-required-result-non-tool-request': ['test_input_required_result_prompt'],
  'input-required-result-result-type': ['test_input_required_result_elicitation'],
  'input-required-result-tampered-state': ['test_input_required_result_tampered_state'],
  'input-required-result-capability-check': ['test_input_required_result_capabilities'],
  'input-required-result-ignore-extra-params': ['test_input_required_result_elicitation'],
  'input-required-result-validate-input': ['test_input_required_result_elicitation'],
  'http-header-validation': ['test_simple_text'],
  'http-custom-header-server-validation': ['test_custom_header'],
};

/** Fixtures a scenario is about that were not asked for. */
export const unreached = (scenario: string, asked: ReadonlySet<string>): string[] =>
  (subjects[scenario] ?? []).filter((fixture) => !asked.has(fixture));
