/** The role that hands out fresh evidence about its node. */
@NullMarked
package dev.asterism.verifyservice;

import org.jspecify.annotations.NullMarked;
