/**
 * Calls that are made by several attempts: {@link dev.remora.runtime.attempt.MultiAttemptCall} retries and hedges,
 * {@link dev.remora.runtime.attempt.StreamAttempts} has streams opened again,
 * {@link dev.remora.runtime.attempt.CircuitBreaker} stops what would fail, {@link dev.remora.runtime.attempt.AttemptBudget}
 * bounds how much more load that makes. Their policies: {@link dev.remora.runtime.resilience}.
 */
@NullMarked
package dev.remora.runtime.attempt;

import org.jspecify.annotations.NullMarked;
