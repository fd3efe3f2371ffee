/**
 * The panel in the block editor and the box in the classic one: how this post stands with IGNY8, and what can be done
 * about it. Both show the same; the block editor has WordPress' components, the classic one its buttons.
 */
( function ( wp, facts ) {
	'use strict';

	if ( ! facts ) {
		return;
	}

	var h = wp.element.createElement;
	var strings = facts.strings;
	/** While a change is being sent or received, the panel reads its state anew every PAUSE_MS, at most MOST_ASKS times. */
	var PAUSE_MS = 4000;
	var MOST_ASKS = 15;
	var isLeaving = false;

	// WordPress warns of unsaved text. What was sent along with the choice of a version is kept as a revision.
	window.addEventListener(
		'beforeunload',
		function ( event ) {
			if ( isLeaving ) {
				event.stopImmediatePropagation();
			}
		},
		true
	);

	/**
	 * Loads the page anew. Whoever has typed since their texts were sent is warned by WordPress, and may stay.
	 *
	 * @param {string} sent Texts that are kept as a revision, as JSON; '' if none were sent.
	 */
	function reload( sent ) {
		isLeaving = '' !== sent && JSON.stringify( typed() ) === sent;
		window.location.reload();
	}

	/** The editor's current texts, saved or not. */
	function typed() {
		if ( facts.block ) {
			var editor = wp.data.select( 'core/editor' );
			return {
				title: editor.getEditedPostAttribute( 'title' ) || '',
				body: editor.getEditedPostContent() || '',
				excerpt: editor.getEditedPostAttribute( 'excerpt' ) || '',
			};
		}
		var rich = window.tinymce && window.tinymce.get( 'content' );
		if ( rich && ! rich.isHidden() ) {
			rich.save();
		}
		var value = function ( id ) {
			var field = document.getElementById( id );
			return field ? field.value : '';
		};
		return { title: value( 'title' ), body: value( 'content' ), excerpt: value( 'excerpt' ) };
	}

	function ask( action, data ) {
		return wp.apiFetch( action ? { path: facts.path + '/' + action, method: 'POST', data: data || {} } : { path: facts.path } );
	}

	function Button( props ) {
		if ( facts.block ) {
			return h( wp.components.Button, { variant: props.variant, isBusy: props.isBusy, onClick: props.onClick, className: 'igny8-button' }, props.children );
		}
		var names = { primary: 'button button-primary', secondary: 'button', link: 'button-link' };
		return h( 'button', { type: 'button', className: 'igny8-button ' + names[ props.variant ], onClick: props.onClick, 'aria-busy': props.isBusy || undefined }, props.children );
	}

	function Conflict( props ) {
		var conflict = props.conflict;
		return h(
			'div',
			{ className: 'igny8-conflict' },
			h( Button, { variant: 'secondary', isBusy: 'wordpress' === props.busy, onClick: props.choose( 'wordpress' ) }, strings.keep ),
			conflict.may_take
				? h( Button, { variant: 'secondary', isBusy: 'igny8' === props.busy, onClick: props.choose( 'igny8' ) }, strings.take )
				: h( 'p', { className: 'igny8-hint' }, strings.mayNotTake ),
			h( 'p', { className: 'igny8-hint' }, strings.hint )
		);
	}

	function History( props ) {
		if ( ! props.history.length ) {
			return null;
		}
		return h(
			'details',
			{ className: 'igny8-history' },
			h( 'summary', null, strings.history ),
			h(
				'ul',
				null,
				props.history.map( function ( entry, index ) {
					return h( 'li', { key: index }, entry.text, ' ', h( 'span', { className: 'igny8-when' }, entry.when ) );
				} )
			)
		);
	}

	function Links( props ) {
		return props.links.map( function ( link ) {
			return h(
				'p',
				{ key: link.url, className: 'igny8-link' },
				h( 'a', { href: link.url, target: '_blank', rel: 'noopener' }, link.label, h( 'span', { className: 'screen-reader-text' }, ' ' + strings.newTab ) )
			);
		} );
	}

	function Facts( props ) {
		if ( ! props.facts.length ) {
			return null;
		}
		return h(
			'dl',
			{ className: 'igny8-facts' },
			props.facts.map( function ( fact ) {
				return h( 'div', { key: fact.label }, h( 'dt', null, fact.label ), h( 'dd', null, fact.value ) );
			} )
		);
	}

	function Buttons( props ) {
		var can = props.view.can;
		return h(
			'div',
			{ className: 'igny8-buttons' },
			can.sync ? h( Button, { key: 'sync', variant: 'secondary', isBusy: 'sync' === props.busy, onClick: props.act( 'sync' ) }, strings.sync ) : null,
			can.leave ? h( Button, { key: 'leave', variant: 'link', isBusy: 'leave-alone' === props.busy, onClick: props.act( 'leave-alone' ) }, strings.leave ) : null,
			can.sync_again ? h( Button, { key: 'leave', variant: 'secondary', isBusy: 'sync-again' === props.busy, onClick: props.act( 'sync-again' ) }, strings.syncAgain ) : null
		);
	}

	/** State of the panel and its actions. It is read anew after each save. */
	function useView() {
		var stored = wp.element.useState( null );
		var unread = wp.element.useState( '' );
		// Why the last action failed: it stays until the next one, although the state is read meanwhile.
		var refused = wp.element.useState( '' );
		var busy = wp.element.useState( '' );
		var head = wp.element.useRef( null );
		var run = wp.element.useRef( { asks: 0, timer: 0, isGone: false, awaitsOurs: false, isAsking: false, sent: '' } ).current;

		function show( view ) {
			if ( run.isGone ) {
				return;
			}
			stored[ 1 ]( view );
			unread[ 1 ]( '' );
			if ( view.has_changed || ( run.awaitsOurs && 'synced' === view.state ) ) {
				run.awaitsOurs = false;
				wp.a11y.speak( strings.reload );
				reload( run.sent );
				return;
			}
			run.awaitsOurs = run.awaitsOurs && view.is_passing;
			window.clearTimeout( run.timer );
			if ( view.is_passing && run.asks < MOST_ASKS ) {
				run.asks++;
				run.timer = window.setTimeout( refresh, PAUSE_MS );
			}
		}

		function refresh() {
			if ( run.isAsking ) {
				return;
			}
			run.isAsking = true;
			ask().then( show, function ( error ) {
				if ( ! run.isGone ) {
					unread[ 1 ]( error.message || strings.failed );
				}
			} ).then( function () {
				run.isAsking = false;
			} );
		}

		function perform( name, action, data ) {
			return function () {
				if ( busy[ 0 ] ) {
					return;
				}
				var sending = data ? data() : {};
				busy[ 1 ]( name );
				refused[ 1 ]( '' );
				run.asks = 0;
				run.awaitsOurs = 'igny8' === name;
				run.sent = run.awaitsOurs ? JSON.stringify( sending.texts ) : '';
				ask( action, sending ).then(
					function ( view ) {
						show( view );
						wp.a11y.speak( view.label + '. ' + view.text );
						// The pressed button may have been removed.
						if ( head.current && ! view.has_changed ) {
							head.current.focus();
						}
					},
					function ( error ) {
						run.awaitsOurs = false;
						refused[ 1 ]( error.message || strings.failed );
						refresh();
						wp.a11y.speak( error.message || strings.failed, 'assertive' );
					}
				).then( function () {
					busy[ 1 ]( '' );
				} );
			};
		}

		wp.element.useEffect( function () {
			run.isGone = false;
			refresh();
			var stop = onSaved( function () {
				run.asks = 0;
				window.clearTimeout( run.timer );
				// The change is sent once WordPress has answered.
				run.timer = window.setTimeout( refresh, 1500 );
			} );
			return function () {
				run.isGone = true;
				window.clearTimeout( run.timer );
				stop();
			};
		}, [] );

		return {
			view: stored[ 0 ],
			error: refused[ 0 ] || unread[ 0 ],
			busy: busy[ 0 ],
			head: head,
			act: function ( action ) {
				return perform( action, action );
			},
			choose: function ( side ) {
				return perform( side, 'resolve', function () {
					return { choice: side, revision: stored[ 0 ].conflict.revision, texts: 'igny8' === side ? typed() : {} };
				} );
			},
		};
	}

	/** Calls back after each save in the block editor, and gives what ends that. The classic editor loads the page after a save. */
	function onSaved( callback ) {
		if ( ! facts.block ) {
			return function () {};
		}
		var editor = wp.data.select( 'core/editor' );
		var wasSaving = false;
		return wp.data.subscribe( function () {
			var isSaving = editor.isSavingPost() && ! editor.isAutosavingPost();
			if ( wasSaving && ! isSaving ) {
				callback();
			}
			wasSaving = isSaving;
		} );
	}

	function Body() {
		var shown = useView();
		var view = shown.view;
		if ( ! view ) {
			return h( 'p', { className: shown.error ? 'igny8-error' : undefined }, shown.error || strings.asking );
		}
		return h(
			'div',
			{ className: 'igny8-post', 'data-igny8-post': view.state },
			h( 'p', { className: 'igny8-state', ref: shown.head, tabIndex: -1 }, h( 'span', { className: 'igny8-dot igny8-dot-' + view.tone, 'aria-hidden': true } ), h( 'strong', null, view.label ) ),
			view.text ? h( 'p', null, view.text ) : null,
			view.conflict ? h( Conflict, { conflict: view.conflict, busy: shown.busy, choose: shown.choose } ) : null,
			shown.error ? h( 'p', { className: 'igny8-error' }, shown.error ) : null,
			h( Facts, { facts: view.facts } ),
			h( Buttons, { view: view, busy: shown.busy, act: shown.act } ),
			h( Links, { links: view.links } ),
			h( History, { history: view.history } )
		);
	}

	function render( place ) {
		if ( wp.element.createRoot ) {
			wp.element.createRoot( place ).render( h( Body ) );
		} else {
			wp.element.render( h( Body ), place );
		}
	}

	/** A box that is closed or hidden asks nothing until it is opened. */
	function renderOnceSeen( place ) {
		var seen = new window.IntersectionObserver( function ( entries ) {
			if ( entries.some( function ( entry ) {
				return entry.isIntersecting;
			} ) ) {
				seen.disconnect();
				render( place );
			}
		} );
		seen.observe( place );
	}

	if ( facts.block ) {
		var Panel = ( wp.editor && wp.editor.PluginDocumentSettingPanel ) || wp.editPost.PluginDocumentSettingPanel;
		wp.plugins.registerPlugin( 'igny8', {
			icon: null,
			render: function () {
				return h( Panel, { name: 'igny8', title: strings.title, className: 'igny8-panel' }, h( Body ) );
			},
		} );
	} else {
		document.addEventListener( 'DOMContentLoaded', function () {
			var place = document.getElementById( 'igny8-panel' );
			if ( place ) {
				renderOnceSeen( place );
			}
		} );
	}
} )( window.wp, window.igny8Panel );
