/** Configuration files, and values that reload when their file changes. */
@NullMarked
package dev.asterism.config;

import org.jspecify.annotations.NullMarked;
