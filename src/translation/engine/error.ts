// An expression that gave no value when it ran. Thrown from deep inside JSONata, caught where the request is rendered.

/** Why an expression gave no value. */
export type ExpressionReason =
  | "template_expression_failed"
  | "template_budget_exceeded"
  | "template_value_required"
  | "template_value_missing"
  | "template_body_too_large"
  | "template_url_too_long";

/** `message` says what went wrong and never what was found. */
export class ExpressionError extends Error {
  readonly reason: ExpressionReason;
  /** Where in the request: `request.body.name`; undefined until somebody knows. */
  readonly place: string | undefined;

  constructor(reason: ExpressionReason, message: string, place?: string) {
    super(message);
    this.reason = reason;
    this.place = place;
  }
}
