/** What the admin verbs do. */
@NullMarked
package dev.asterism.admin;

import org.jspecify.annotations.NullMarked;
