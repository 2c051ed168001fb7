package dev.remora.cli.top;

import org.jspecify.annotations.Nullable;

/**
 * One process in one frame.
 *
 * @param target the process
 * @param interval what happened in it; null if there is trouble
 * @param trouble why there is nothing to show; empty if there is
 */
record Row(Target target, @Nullable Interval interval, String trouble) {}
