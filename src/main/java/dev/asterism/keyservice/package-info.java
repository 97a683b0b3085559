/** The role that derives data keys. */
@NullMarked
package dev.asterism.keyservice;

import org.jspecify.annotations.NullMarked;
