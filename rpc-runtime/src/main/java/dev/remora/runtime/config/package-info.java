/** The configuration tree: declared knobs, checked values, errors that name what is wrong. */
@NullMarked
package dev.remora.runtime.config;

import org.jspecify.annotations.NullMarked;
